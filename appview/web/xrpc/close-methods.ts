// Close and restatement of a fiscal year by XRPC: who is calling, what they ask. Both are jobs; the answer waits a moment for their end. A refusal says its
// code and both sentences.

import type { Request } from 'express'
import { deskMethod, method as nsidOf } from '../../../lexicons/authority.ts'
import { XrpcError } from '../../../server/xrpc-error.ts'
import { method } from '../../../server/xrpc.ts'
import type { Call, Methods, Params } from '../../../server/xrpc.ts'
import { notFound } from '../../auth/access.ts'
import type { Caller, Callers } from '../../auth/caller.ts'
import type { Actor, Outcome } from '../../desk/outcome.ts'
import { deskSentence } from '../../desk/refusals.ts'
import { fieldsOf } from '../../journal/fields.ts'
import { JOB_PATIENCE_MS } from '../../jobs/limits.ts'
import type { JobInput } from '../../jobs/job-ask.ts'
import type { JobOperations } from '../../jobs/operations.ts'
import type { Queries } from '../../queries/queries.ts'

type CloseInput = { readonly town: string; readonly fiscalYear: number; readonly despite?: readonly string[] }
type RestateInput = {
  readonly town: string
  readonly fiscalYear: number
  readonly reason: string
  readonly rateTable?: string
  readonly correct?: boolean
}

/** The desk's procedures and the public query, by NSID. */
export const closeMethods = (jobs: JobOperations, callers: Callers, queries: Queries): Methods => ({
  [deskMethod.close]: method({
    auth: (req: Request) => account(callers, req, deskMethod.close),
    handle: async ({ auth, input }: Call<string, Params, CloseInput>) => {
      const { town, fiscalYear, despite = [] } = input
      return { json: await doneSoon(jobs, { did: auth, town }, { kind: 'close', fiscalYear, despite }) }
    },
  }),
  [deskMethod.restate]: method({
    auth: (req: Request) => account(callers, req, deskMethod.restate),
    handle: async ({ auth, input }: Call<string, Params, RestateInput>) => {
      const { town, ...ask } = input
      return { json: await doneSoon(jobs, { did: auth, town }, { kind: 'restate', ...ask }) }
    },
  }),
  [nsidOf.getClosing]: method({
    handle: async ({ params }: Call<unknown, { readonly scope: string; readonly fiscalYear: number }>) => {
      const found = await queries.closingOf(params.scope, params.fiscalYear)
      if (found === null) throw notFound()
      return { json: found }
    },
  }),
  [nsidOf.checkConsolidation]: method({
    handle: async ({ params }: Call<unknown, { readonly scope: string; readonly fiscalYear: number }>) => {
      const found = await queries.signedCheckOf(params.scope, params.fiscalYear)
      if (found === null) throw notFound()
      return { json: found }
    },
  }),
})

/** What it came to, where that is known after a moment; else the job alone. */
const doneSoon = async (jobs: JobOperations, actor: Actor, input: JobInput): Promise<object> => {
  const { id } = valueOf(await jobs.start(actor, input))
  const job = await jobs.ended(actor.town, id, JOB_PATIENCE_MS)
  if (job?.state === 'failed') valueOf({ ok: false, reasons: job.reasons })
  return { job: id, ...(job?.state === 'done' ? fieldsOf(job.result) : {}) }
}

const account = async (callers: Callers, req: Request, nsid: string): Promise<string> => {
  const caller: Caller = await callers.of(req, nsid)
  if (caller.kind === 'anyone') throw new XrpcError(401, 'AuthMissing', 'The desk asks who is calling')
  return caller.did
}

const valueOf = <T>(outcome: Outcome<T>): T => {
  if (outcome.ok) return outcome.value
  const said = outcome.reasons.map(({ code, about }) => {
    const sentence = deskSentence(code)
    return `${code}: ${sentence?.en ?? ''} ${sentence?.ja ?? ''}${about === null ? '' : ` (${about})`}`
  })
  throw new XrpcError(400, 'Refused', said.join('\n'))
}
