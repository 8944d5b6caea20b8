// The signing key a did:plc had at an instant, from the directory's audit log: what is read late is judged by the key of its time.

import type { IdentityEvidence } from '../../atproto/resolve-did.ts'
import { AUDIT_LOG_MAX_BYTES } from './limits.ts'

/** `fromMs`: when the directory took it (its real time); it held until the next one's `fromMs`, `untilMs` (Infinity for the last). */
export type PastKey = { readonly didKey: string; readonly evidence: IdentityEvidence; readonly fromMs: number; readonly untilMs: number }

/** Keys of a did:plc in order of time; empty for other methods or when the log cannot be read. Nullified operations are left out. */
export const pastKeys = async (get: typeof fetch, plcUrl: string, did: string, signal: AbortSignal): Promise<readonly PastKey[]> => {
  if (!did.startsWith('did:plc:')) return []
  const response = await get(new URL(`/${did}/log/audit`, plcUrl), { signal })
  if (!response.ok) return []
  const text = await response.text()
  if (text.length > AUDIT_LOG_MAX_BYTES) return []
  return parseAuditLog(JSON.parse(text))
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
