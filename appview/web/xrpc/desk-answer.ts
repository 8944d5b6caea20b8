// How the desk's methods know who calls, and how they say what was not done: every reason in the message, one a line, its code first.

import type { Request } from 'express'
import { XrpcError } from '../../../server/xrpc-error.ts'
import type { Callers } from '../../auth/caller.ts'
import type { Outcome, Reason } from '../../desk/outcome.ts'
import { deskSentence } from '../../desk/refusals.ts'

/** Of many reasons so many are told; the others are counted. */
const TOLD = 100

/** Codes that say who may come in, not what was asked. */
const FORBIDDEN: ReadonlySet<string> = new Set(['desk.no-role', 'desk.role-insufficient'])

/** The DID of the caller. Throws AuthMissing for nobody in particular. */
export const deskCaller = async (callers: Callers, req: Request, nsid: string): Promise<string> => {
  const caller = await callers.of(req, nsid)
  if (caller.kind === 'anyone') throw new XrpcError(401, 'AuthMissing', 'The desk asks who is calling')
  return caller.did
}

/** The value, or Refused: 403 for those with no role, 409 for what somebody changed meanwhile, else 400. */
export const deskValue = <T>(outcome: Outcome<T>): T => {
  if (outcome.ok) return outcome.value
  const { reasons } = outcome
  const code = reasons[0]?.code ?? ''
  const status = FORBIDDEN.has(code) ? 403 : code === 'draft.changed' ? 409 : 400
  const more = reasons.length > TOLD ? [`(${reasons.length - TOLD} more)`] : []
  throw new XrpcError(status, 'Refused', [...reasons.slice(0, TOLD).map(told), ...more].join('\n'))
}

const told = ({ code, line, about }: Reason): string => {
  const { ja, en } = deskSentence(code) ?? { ja: '', en: '' }
  return `${line === null ? '' : `line ${line}: `}${code}: ${en} ${ja}${about === null || about === '' ? '' : ` (${about})`}`
}

/** A reason with its sentences, for lists that hold reasons. */
export const reasonView = (reason: Reason) => ({ ...reason, ...(deskSentence(reason.code) ?? { ja: '', en: '' }) })
