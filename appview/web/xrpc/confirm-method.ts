// org.waki.confirm: the signed word of somebody who received, which the municipality publishes without their name.

import type { Request } from 'express'
import { method as nsidOf } from '../../../lexicons/authority.ts'
import { method } from '../../../server/xrpc.ts'
import type { Call, Methods } from '../../../server/xrpc.ts'
import { authMissing, invalidRequest, XrpcError } from '../../../server/xrpc-error.ts'
import type { Caller, Callers } from '../../auth/caller.ts'
import { parseCode, type CodeSubject, type Codes } from '../../confirm/codes.ts'
import type { ConfirmPrivately, Verdict } from '../../confirm/confirm-privately.ts'
import { confirmRefusal } from '../../confirm/refusals.ts'

export type ConfirmMethodDeps = { readonly callers: Callers; readonly codes: Codes; readonly confirm: ConfirmPrivately }

type Input = { readonly subject?: CodeSubject; readonly code?: string; readonly verdict: Verdict; readonly minutes?: number }

export const confirmMethods = ({ callers, codes, confirm }: ConfirmMethodDeps): Methods => ({
  [nsidOf.confirm]: method({
    auth: (req: Request): Promise<Caller> => callers.of(req, nsidOf.confirm),
    async handle({ auth, input }: Call<Caller, Record<string, never>, Input>) {
      if (auth.kind === 'anyone') throw authMissing('Confirming needs a service token of your PDS')
      const { verdict, minutes } = input
      const shown = input.code === undefined ? null : await shownBy(codes, auth.did, input.code)
      const subject = input.subject ?? shown
      if (subject === null) throw invalidRequest('Name the act by subject or by code')
      const hasCode = shown !== null && shown.uri === subject.uri && shown.cid === subject.cid
      const { uri, cid } = subject
      const outcome = await confirm(auth.did, { uri, cid, verdict, hasCode, ...(minutes === undefined ? {} : { minutes }) })
      if (outcome.ok) return { json: { uri: outcome.uri } }
      const { status, error, en, code } = confirmRefusal(outcome.code)
      throw new XrpcError(status, error, `${en} (${code})`)
    },
  }),
})

const shownBy = async (codes: Codes, reader: string, text: string): Promise<CodeSubject> => {
  const code = parseCode(text)
  const found = code === null ? 'none' : await codes.find(reader, code)
  if (found === 'too-many') throw new XrpcError(429, 'TooManyCodes', 'Too many codes that are none; try again in a few minutes')
  if (found === 'none') throw new XrpcError(400, 'CodeExpired', 'The code is none, or its three minutes are over; ask for a new one')
  return found
}
