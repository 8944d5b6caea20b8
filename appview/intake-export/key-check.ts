// Whether keys were the right ones at their time, by the directory: a did:plc's log is checked from its first operation on, so that the directory itself
// need not be believed; the key must stand in the operation the proof names, and have held when the log received what it signed. A did:web keeps no
// history: its document of now must name the key, or it cannot be told.

import { auditLog } from '../../atproto/plc-chain.ts'
import type { PlcEntry } from '../../atproto/plc-chain.ts'
import { parseAnyOperation } from '../../atproto/plc-operation.ts'
import { parseDid } from '../../atproto/did.ts'
import type { Did } from '../../atproto/did.ts'
import { createDidResolver, UnresolvedDid } from '../../atproto/resolve-did.ts'
import type { Found } from '../audit/found.ts'
import { AUDIT_LOG_MAX_BYTES, KEY_TIME_TOLERANCE_MS } from '../follow/limits.ts'
import { DIDS_ASKED_AT_ONCE, LEAF_TIMEOUT_MS } from './limits.ts'

/** One key of one repo, and what it signed: first and last time of receipt. */
export type KeyUse = {
  readonly repo: string
  readonly didKey: string
  readonly evidence: string
  readonly leaf: number
  readonly first: string
  readonly last: string
}

export type KeyCheck = {
  readonly plcUrl: string
  readonly fetch: typeof fetch
  readonly allowLoopback: boolean
  readonly isRealTime: boolean
}

/** Says what is wrong; counts `keys` that were right, and `keys that cannot be told`. */
export const checkKeys = async (check: KeyCheck, uses: Iterable<KeyUse>, found: Found): Promise<void> => {
  const byRepo = Map.groupBy(uses, ({ repo }) => repo)
  const waiting = byRepo.entries()
  const work = async (): Promise<void> => {
    for (const [repo, own] of waiting)
      await (repo.startsWith('did:plc:') ? checkPlc(check, parseDid(repo), own, found) : checkWeb(check, parseDid(repo), own, found))
  }
  await Promise.all(Array.from({ length: DIDS_ASKED_AT_ONCE }, work))
}

const checkPlc = async ({ plcUrl, fetch: get, isRealTime }: KeyCheck, did: Did, uses: readonly KeyUse[], found: Found): Promise<void> => {
  const where = `repo ${did}`
  const response = await get(new URL(`/${did}/log/audit`, plcUrl), { signal: AbortSignal.timeout(LEAF_TIMEOUT_MS) })
  if (!response.ok) return found.say(where, `the directory answers ${response.status} for its log`)
  const text = await response.text()
  const entries = text.length > AUDIT_LOG_MAX_BYTES ? null : entriesOf(text)
  if (entries === null) return found.say(where, 'the directory’s log of it cannot be read')
  const wrong = auditLog(did, entries)
  if (wrong !== undefined) return found.say(where, `the directory’s log of it does not hold: ${wrong.what}`)
  const standing = entries.filter(({ nullified }) => !nullified)
  for (const use of uses) {
    const at = standing.findIndex(({ cid, operation }) => cid === operationIn(use.evidence) && keyIn(operation) === use.didKey)
    const holding = at < 0 ? standing.findIndex(({ operation }) => keyIn(operation) === use.didKey) : at
    if (holding < 0) found.say(`leaf ${use.leaf}`, 'the directory never named the key that signed it for this DID')
    else if (isRealTime && !heldThrough(standing, holding, use))
      found.say(`leaf ${use.leaf}`, 'its key was not that of the DID at the time')
    else found.count('keys')
  }
}

/** From the operation that names the key to the next one that names another. */
const heldThrough = (standing: readonly PlcEntry[], at: number, { didKey, first, last }: KeyUse): boolean => {
  const from = standing[at]?.createdAtMs ?? Infinity
  const until = standing.slice(at + 1).find(({ operation }) => keyIn(operation) !== didKey)?.createdAtMs ?? Infinity
  return from - KEY_TIME_TOLERANCE_MS <= Date.parse(first) && Date.parse(last) <= until + KEY_TIME_TOLERANCE_MS
}

const checkWeb = async (
  { plcUrl, fetch: get, allowLoopback }: KeyCheck,
  did: Did,
  uses: readonly KeyUse[],
  found: Found,
): Promise<void> => {
  const resolve = createDidResolver({ fetch: get, plcUrl, allowLoopback })
  try {
    const { signingKey } = await resolve.evidenceOf(did)
    for (const { didKey } of uses) found.count(didKey === signingKey ? 'keys' : 'keys that cannot be told')
  } catch (error) {
    if (!(error instanceof UnresolvedDid)) throw error
    found.count('keys that cannot be told', uses.length)
  }
}

type Fields = Readonly<Record<string, unknown>>

const entriesOf = (text: string): readonly PlcEntry[] | null => {
  try {
    const value: unknown = JSON.parse(text)
    if (!Array.isArray(value)) return null
    return value.map((one: Fields) => ({
      operation: parseAnyOperation(one['operation']),
      cid: String(one['cid']),
      createdAtMs: Date.parse(String(one['createdAt'])),
      nullified: one['nullified'] === true,
    }))
  } catch {
    return null
  }
}

const keyIn = (operation: PlcEntry['operation']): string | null => {
  if (operation.type === 'plc_tombstone') return null
  return operation.type === 'create' ? operation.signingKey : (operation.verificationMethods['atproto'] ?? null)
}

/** The CID a proof's evidence names; null where it names none. */
const operationIn = (evidence: string): string | null => {
  const value: unknown = JSON.parse(evidence)
  return typeof value === 'object' && value !== null && 'operationCid' in value && typeof value.operationCid === 'string'
    ? value.operationCid
    : null
}
