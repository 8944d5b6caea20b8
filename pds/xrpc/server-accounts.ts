// com.atproto.server.{describeServer, createAccount, reserveSigningKey, createInviteCode, activateAccount, deactivateAccount, checkAccountStatus}.

import assert from 'node:assert/strict'
import type { Request } from 'express'
import { cidFromBytes } from '../../atproto/cid.ts'
import { parseDid, type Did } from '../../atproto/did.ts'
import { method, type Call, type Methods, type Params } from '../../server/xrpc.ts'
import { invalidRequest } from '../../server/xrpc-error.ts'
import type { AccountStatusDeeds } from '../accounts/account-status.ts'
import { createAccount, type AccountRequest, type CreateAccountDeps } from '../accounts/create-account.ts'
import { INVITE_USES_MAX } from '../accounts/invites.ts'
import type { RepoCounts } from '../accounts/repo-counts.ts'
import type { ReservedKeys } from '../accounts/reserved-keys.ts'
import { takeInAccount } from '../accounts/take-in-account.ts'
import type { Sealer } from '../../server/seal.ts'
import type { Auth, Caller } from '../auth/caller.ts'
import { anyApp, noApp } from '../auth/permissions.ts'
import { BLOB_MAX_BYTES } from '../blobs/limits.ts'
import type { Head } from '../repo/heads.ts'
import type { AnswerSession } from './server-session-answer.ts'

export type AccountMethodsDeps = CreateAccountDeps & {
  auth: Auth
  answerSession: AnswerSession
  status: AccountStatusDeeds
  countRepo: (head: Head) => RepoCounts
  reservedKeys: ReservedKeys
  sealer: Sealer
  handleDomains: readonly string[]
  serverDid: Did
  /** Proves by service auth that the caller holds this DID; throws XrpcError. */
  proveDid(req: Request, did: Did): Promise<void>
}

type NewAccountInput = AccountRequest & { did?: string; plcOp?: unknown }

const CREATE_ACCOUNT = 'com.atproto.server.createAccount'

export const accountMethods = (deps: AccountMethodsDeps): Methods => ({
  'com.atproto.server.describeServer': method({
    handle: () => ({
      json: {
        did: deps.serverDid,
        availableUserDomains: deps.handleDomains,
        inviteCodeRequired: deps.inviteRequired,
        phoneVerificationRequired: false,
        blobUploadLimit: BLOB_MAX_BYTES,
        links: {},
        contact: {},
      },
    }),
  }),
  [CREATE_ACCOUNT]: method({
    async handle({ input, req }: Call<unknown, Params, NewAccountInput>) {
      const { did: existing, plcOp, ...request } = input
      if (plcOp !== undefined) throw invalidRequest('Unsupported input: "plcOp"')
      if (existing !== undefined) await deps.proveDid(req, parseDid(existing))
      const created = existing === undefined ? await createAccount(deps, request) : await takeInAccount(deps, parseDid(existing), request)
      return { json: { ...created.tokens, ...(await deps.answerSession(created.account)) } }
    },
  }),
  'com.atproto.server.reserveSigningKey': method({
    handle: ({ input: { did }, req }: Call<unknown, Params, { did?: string }>) => ({
      json: { signingKey: deps.reservedKeys.reserve(did, req.ip) },
    }),
  }),
  'com.atproto.server.createInviteCode': method({
    auth: deps.auth.admin,
    handle({ input: { useCount, forAccount } }: Call<void, Params, { useCount: number; forAccount?: string }>) {
      if (useCount < 1 || useCount > INVITE_USES_MAX) throw invalidRequest(`useCount is 1 to ${INVITE_USES_MAX}`)
      return {
        json: { code: deps.invites.create(decodeURIComponent(deps.serverDid.slice('did:web:'.length)), useCount, forAccount ?? 'admin') },
      }
    },
  }),
  'com.atproto.server.activateAccount': method({
    auth: (req) => deps.auth.holder(req, noApp),
    handle: ({ auth: { did } }: Call<Caller>) => deps.status.activate(did),
  }),
  // `deleteAfter` is a wish about deletion; an account is only ever deleted when its holder asks again.
  'com.atproto.server.deactivateAccount': method({
    auth: (req) => deps.auth.holder(req, (may) => may.account('status', 'manage')),
    handle: ({ auth: { did } }: Call<Caller>) => deps.status.deactivate(did),
  }),
  'com.atproto.server.checkAccountStatus': method({
    auth: (req) => deps.auth.owner(req, anyApp),
    handle: async ({ auth: { did, account } }: Call<Caller>) => ({ json: await statusOf(deps, did, account.status === 'active') }),
  }),
})

const statusOf = async ({ repos, countRepo, status }: AccountMethodsDeps, did: Did, activated: boolean): Promise<object> => {
  const head = repos.head(did)
  assert(head, 'every account has a repo')
  const { blocks, records, expectedBlobs, importedBlobs } = countRepo(head)
  return {
    activated,
    validDid: await status.isValidDid(did),
    repoCommit: cidFromBytes(head.commitCid).toString(),
    repoRev: head.rev,
    repoBlocks: blocks,
    indexedRecords: records,
    privateStateValues: 0,
    expectedBlobs,
    importedBlobs,
  }
}
