// Changes of an account's public identity, by the server's rotation key: a new handle, a new signing key. The directory hears first, then one transaction
// changes the account and tells the stream. Repeating a change that the directory already holds finishes it.

import { handleOf } from '../../atproto/did-document.ts'
import type { Did } from '../../atproto/did.ts'
import type { Handle } from '../../atproto/handle.ts'
import type { Keypair } from '../../atproto/keys.ts'
import { cidOfOperation, createOperation, type Operation } from '../../atproto/plc-operation.ts'
import { isDeepStrictEqual } from 'node:util'
import type { IdentityCache } from '../../atproto/identity-cache.ts'
import type { Log } from '../../server/log.ts'
import type { Database } from '../../server/sqlite.ts'
import { invalidRequest, XrpcError } from '../../server/xrpc-error.ts'
import type { Repos } from '../repo/repos.ts'
import type { Sequencer } from '../sequencer.ts'
import type { Accounts } from './accounts.ts'
import type { Directory } from './directory.ts'
import { handleNotAvailable } from './handle-rules.ts'
import { signingKeyLabel } from './key-ring.ts'
import type { ReservedKeys } from './reserved-keys.ts'
import type { Sealer } from '../../server/seal.ts'

export type IdentityChangesDeps = {
  db: Database
  accounts: Accounts
  reservedKeys: ReservedKeys
  sealer: Sealer
  directory: Directory
  identities: IdentityCache
  rotationKey: Keypair
  repos: Repos
  sequencer: Sequencer
  log: Log
}

export type IdentityChanges = {
  /** The handle is the caller's to take (handle-rules). Throws XrpcError HandleNotAvailable, InvalidRequest, UpstreamFailure. */
  setHandle(did: Did, handle: Handle): Promise<void>
  /** `didKey` is a key reserved here, or the account's own, which changes nothing. Throws XrpcError InvalidRequest, UpstreamFailure. */
  rotateSigningKey(did: Did, didKey: string): Promise<void>
  /** Finishes or drops the rotations whose outcome a crash or a silent directory left open; throws XrpcError UpstreamFailure while it does not answer. */
  finishRotations(): Promise<void>
}

export const createIdentityChanges = (deps: IdentityChangesDeps): IdentityChanges => {
  // Two changes of one identity at once would build upon the same operation, and adopt each other's key.
  const changing = new Set<Did>()
  const alone = async (did: Did, change: () => Promise<void>): Promise<void> => {
    if (changing.has(did)) throw invalidRequest(`Another change of ${did} is under way: try again`)
    changing.add(did)
    try {
      await change()
    } finally {
      changing.delete(did)
    }
  }
  return {
    setHandle: (did, handle) => alone(did, () => setHandle(deps, did, handle)),
    rotateSigningKey: (did, didKey) => alone(did, () => rotateSigningKey(deps, did, didKey)),
    async finishRotations() {
      for (const did of deps.accounts.rotating()) if (!changing.has(did)) await alone(did, () => finishRotation(deps, did))
    },
  }
}

const setHandle = async (deps: IdentityChangesDeps, did: Did, handle: Handle): Promise<void> => {
  const { db, accounts, sequencer, identities } = deps
  const isFree = (): boolean => {
    const holder = accounts.byHandle(handle)
    if (holder !== undefined && holder.did !== did) throw handleNotAvailable(handle)
    return holder === undefined
  }
  isFree()
  if (!did.startsWith('did:plc:')) await wantClaimed(identities, did, handle)
  else
    await changeIdentity(deps, did, (operation) => ({
      ...operation,
      alsoKnownAs: [`at://${handle}`, ...operation.alsoKnownAs.filter((name) => !name.startsWith('at://'))],
    }))
  db.transaction(() => {
    if (isFree()) accounts.setHandle(did, handle)
    sequencer.identity(did, handle)
  }).immediate()
  sequencer.published()
  identities.forget(did)
  deps.log.info('handle.changed', { did })
}

const rotateSigningKey = async (deps: IdentityChangesDeps, did: Did, didKey: string): Promise<void> => {
  const { accounts, reservedKeys, sealer } = deps
  if (accounts.keyOf(did).didKey === didKey) return
  const keypair = reservedKeys.find(didKey, did)
  if (keypair === undefined) throw invalidRequest(`${didKey} was not reserved here for ${did}`)
  // Durable before the directory hears of it: a crash in between is finished at the next start.
  accounts.setNextKey(did, sealer.seal(signingKeyLabel(did), keypair.exportPrivate()))
  try {
    await changeIdentity(deps, did, (operation) => ({
      ...operation,
      verificationMethods: { ...operation.verificationMethods, atproto: didKey },
    }))
  } catch (error) {
    // Without an answer the directory may still have taken it: finishRotation will ask.
    if (!(error instanceof XrpcError && error.status === 502)) accounts.setNextKey(did, null)
    throw error
  }
  adoptKey(deps, did, didKey)
}

/** From here on every commit is signed by the new key; the head is signed anew at once, so that everybody can verify it under the new document. */
const adoptKey = (
  { db, accounts, reservedKeys, repos, sequencer, identities, log }: IdentityChangesDeps,
  did: Did,
  didKey: string,
): void => {
  const adopt = db.transaction(() => {
    reservedKeys.remove(didKey)
    accounts.adoptNextKey(did, sequencer.identity(did, accounts.byDid(did)?.handle))
    repos.resign(did, accounts.keyOf(did))
    if (accounts.isActive(did)) sequencer.sync(did)
  })
  try {
    adopt.immediate()
  } finally {
    accounts.forgetKey(did)
    identities.forget(did)
  }
  sequencer.published()
  log.info('key.rotated', { did, signingKey: didKey })
}

const finishRotation = async (deps: IdentityChangesDeps, did: Did): Promise<void> => {
  const { accounts, directory } = deps
  const newest = await directory.newest(did)
  const next = accounts.nextKeyOf(did)
  if (next !== undefined && newest?.verificationMethods['atproto'] === next.didKey) adoptKey(deps, did, next.didKey)
  else accounts.setNextKey(did, null)
}

/** A document that only its owner changes must name the handle already. */
const wantClaimed = async (identities: IdentityCache, did: Did, handle: Handle): Promise<void> => {
  const identity = await identities.refresh(did).catch(() => undefined)
  if (identity === undefined || handleOf(identity.document) !== handle)
    throw invalidRequest(`The document of ${did} does not name ${handle}`)
}

/** Publishes what `change` makes of the newest operation; nothing when it changes nothing. did:web documents are their owner's. */
const changeIdentity = async (
  { directory, rotationKey }: IdentityChangesDeps,
  did: Did,
  change: (operation: Operation) => Operation,
): Promise<void> => {
  if (!did.startsWith('did:plc:')) throw invalidRequest(`${did} is changed by its owner, not by this server`)
  const newest = await directory.newest(did)
  if (newest === undefined) throw invalidRequest(`The directory does not know ${did}`)
  const { sig: _sig, ...operation } = newest
  const changed = change(operation)
  if (isDeepStrictEqual(changed, operation)) return
  if (!operation.rotationKeys.includes(rotationKey.didKey))
    throw invalidRequest(`This server may not change ${did}: its rotation key is not among those of the identity`)
  await directory.publish(did, createOperation({ ...changed, prev: cidOfOperation(newest).toString() }, rotationKey))
}
