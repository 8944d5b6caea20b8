// The signing key a did:plc had at an instant, from the directory's audit log: what is read late is judged by the key of its time.

import { UnresolvedDid } from '../../atproto/resolve-did.ts'
import type { IdentityEvidence } from '../../atproto/resolve-did.ts'
import { AUDIT_LOG_MAX_BYTES } from './limits.ts'

/** `fromMs`: when the directory took it (its real time); it held until the next one's `fromMs`, `untilMs` (Infinity for the last). */
export type PastKey = { readonly didKey: string; readonly evidence: IdentityEvidence; readonly fromMs: number; readonly untilMs: number }

/**
 * Keys of a did:plc in order of time; empty for other methods and for a log that cannot be read. Nullified operations are left out.
 * Throws UnresolvedDid 'unreachable' when the directory gives no answer: silence says nothing of a key.
 */
export const pastKeys = async (get: typeof fetch, plcUrl: string, did: string, signal: AbortSignal): Promise<readonly PastKey[]> => {
  if (!did.startsWith('did:plc:')) return []
  const text = await auditLogOf(get, new URL(`/${did}/log/audit`, plcUrl), signal)
  if (text === null || text.length > AUDIT_LOG_MAX_BYTES) return []
  return parseAuditLog(parseJson(text))
}

const TOO_MANY_REQUESTS = 429
const SERVER_ERROR = 500

/** null: the directory answers that it has none. */
const auditLogOf = async (get: typeof fetch, url: URL, signal: AbortSignal): Promise<string | null> => {
  try {
    const response = await get(url, { signal })
    if (response.ok) return await response.text()
    if (response.status < SERVER_ERROR && response.status !== TOO_MANY_REQUESTS) return null
    throw new UnresolvedDid('unreachable', `${url.href} answers ${response.status}`)
  } catch (error) {
    if (signal.aborted || error instanceof UnresolvedDid) throw error
    throw new UnresolvedDid('unreachable', `${url.href} gives no answer`, { cause: error })
  }
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

type Fields = Readonly<Record<string, unknown>>

const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {})

const parseAuditLog = (value: unknown): PastKey[] => {
  if (!Array.isArray(value)) return []
  const found = value.flatMap((entry: unknown) => {
    const { cid, nullified, operation, createdAt } = fieldsOf(entry)
    const { verificationMethods, signingKey } = fieldsOf(operation)
    const didKey = fieldsOf(verificationMethods)['atproto'] ?? signingKey
    if (typeof cid !== 'string' || nullified === true || typeof didKey !== 'string' || typeof createdAt !== 'string') return []
    return [{ didKey, evidence: { kind: 'plc', operationCid: cid } as const, fromMs: Date.parse(createdAt) }]
  })
  return found.map((key, index) => ({ ...key, untilMs: found[index + 1]?.fromMs ?? Infinity }))
}
