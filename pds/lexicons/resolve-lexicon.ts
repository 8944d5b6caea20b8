// A lexicon as its authority publishes it: from our own repos at once, from another host with its proof, remembered for a while.
// Checks, in order: an authority is named, the record's proof (elsewhere), that the record is a lexicon of this very name.

import { cidFromBytes } from '../../atproto/cid.ts'
import { dataToJson, decodeData } from '../../atproto/data-model.ts'
import type { Did } from '../../atproto/did.ts'
import type { IdentityCache } from '../../atproto/identity-cache.ts'
import { joinPath } from '../../atproto/record-path.ts'
import { parseNsid } from '../../atproto/nsid.ts'
import { readBody } from '../../atproto/read-body.ts'
import { parseRecordKey } from '../../atproto/record-key.ts'
import { verifyRecordProof } from '../../atproto/verify-record.ts'
import type { Clock } from '../../server/clock.ts'
import { authorityOf, type AuthorityDeps } from './lexicon-authority.ts'
import { LEXICON_FAILURE_FRESH_MS, LEXICON_FRESH_MS, LEXICON_PROOF_LIMITS, LEXICONS_REMEMBERED } from './limits.ts'

export const SCHEMA = 'com.atproto.lexicon.schema'

/** `schema` is the record in ATProto's JSON. */
export type ResolvedLexicon = { readonly uri: string; readonly cid: string; readonly schema: Readonly<Record<string, unknown>> }

/** undefined where there is none that can be had and proved. */
export type LexiconResolver = (nsid: string) => Promise<ResolvedLexicon | undefined>

export type LexiconResolverDeps = AuthorityDeps & {
  /** The record of a repo kept here; undefined where the repo is not ours; null where it has no such record. */
  readonly local: (did: Did, collection: string, rkey: string) => StoredBytes | null | undefined
  readonly identities: IdentityCache
  readonly fetch: typeof fetch
  readonly clock: Clock
}

type StoredBytes = { readonly cid: Uint8Array; readonly bytes: Uint8Array }
type Remembered = { readonly untilMs: number; readonly lexicon: ResolvedLexicon | undefined }

export const createLexiconResolver = (deps: LexiconResolverDeps): LexiconResolver => {
  const remembered = new Map<string, Remembered>()
  return async (nsid) => {
    const did = await authorityOf(deps, nsid)
    if (did === undefined) return undefined
    const here = deps.local(did, SCHEMA, nsid)
    if (here !== undefined) return here === null ? undefined : lexiconOf(did, nsid, cidFromBytes(here.cid).toString(), here.bytes)
    const key = `${did} ${nsid}`
    const known = remembered.get(key)
    const nowMs = deps.clock.realMs()
    if (known !== undefined && known.untilMs > nowMs) return known.lexicon
    const lexicon = await fromElsewhere(deps, did, nsid).catch(() => undefined)
    remembered.delete(key)
    remembered.set(key, { lexicon, untilMs: nowMs + (lexicon === undefined ? LEXICON_FAILURE_FRESH_MS : LEXICON_FRESH_MS) })
    for (const oldest of remembered.keys()) {
      if (remembered.size <= LEXICONS_REMEMBERED) break
      remembered.delete(oldest)
    }
    return lexicon
  }
}

const fromElsewhere = async ({ identities, fetch }: LexiconResolverDeps, did: Did, nsid: string): Promise<ResolvedLexicon | undefined> => {
  const { pds, signingKey } = await identities.get(did)
  if (pds === null || signingKey === null) return undefined
  const url = new URL('/xrpc/com.atproto.sync.getRecord', pds)
  url.search = new URLSearchParams({ did, collection: SCHEMA, rkey: nsid }).toString()
  const response = await fetch(url)
  if (!response.ok) {
    await response.body?.cancel()
    return undefined
  }
  const path = joinPath(parseNsid(SCHEMA), parseRecordKey(nsid))
  const car = await readBody(response, LEXICON_PROOF_LIMITS.maxBytes)
  const { cid, bytes } = verifyRecordProof(car, { did, path, signingKey, limits: LEXICON_PROOF_LIMITS })
  return lexiconOf(did, nsid, cid.toString(), bytes)
}

const lexiconOf = (did: Did, nsid: string, cid: string, bytes: Uint8Array): ResolvedLexicon | undefined => {
  const schema = parseMap(dataToJson(decodeData(bytes)))
  const isLexicon = schema['$type'] === SCHEMA && schema['lexicon'] === 1 && schema['id'] === nsid
  return isLexicon ? { uri: `at://${did}/${SCHEMA}/${nsid}`, cid, schema } : undefined
}

/** Records are maps. */
const parseMap = (value: unknown): Readonly<Record<string, unknown>> => value as Readonly<Record<string, unknown>>
