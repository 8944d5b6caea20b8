// Long work of a desk by XRPC: who is calling, which town they mean, nothing else.

import type { Request } from 'express'
import { deskMethod } from '../../../lexicons/authority.ts'
import { method } from '../../../server/xrpc.ts'
import type { Call, Methods, Params } from '../../../server/xrpc.ts'
import type { Callers } from '../../auth/caller.ts'
import type { Actor, Outcome } from '../../desk/outcome.ts'
import type { JobInput } from '../../jobs/job-ask.ts'
import type { JobView } from '../../jobs/job-view.ts'
import type { JobOperations } from '../../jobs/operations.ts'
import { deskCaller, deskValue, reasonView } from './desk-answer.ts'

type InTown = { readonly town: string }
type OfJob = InTown & { readonly id: string }
type Listing = InTown & { readonly limit: number; readonly cursor?: string }

export const jobMethods = (jobs: JobOperations, callers: Callers): Methods => {
  const auth = (nsid: string) => (req: Request) => deskCaller(callers, req, nsid)
  const deed = (nsid: string, work: (actor: Actor, input: JobInput & OfJob) => Promise<Outcome<JobView>>): Methods => ({
    [nsid]: method({
      auth: auth(nsid),
      handle: async ({ auth: did, input }: Call<string, Params, JobInput & OfJob>) => ({
        json: told(deskValue(await work({ did, town: input.town }, input))),
      }),
    }),
  })
  return {
    ...deed(deskMethod.startJob, (actor, { town: _town, id: _id, ...input }) => jobs.start(actor, input)),
    ...deed(deskMethod.cancelJob, (actor, { id }) => jobs.cancel(actor, id)),
    ...deed(deskMethod.retryJob, (actor, { id }) => jobs.retry(actor, id)),
    [deskMethod.getJob]: method({
      auth: auth(deskMethod.getJob),
      handle: async ({ auth: did, params }: Call<string, OfJob>) => ({
        json: told(deskValue(await jobs.get({ did, town: params.town }, params.id))),
      }),
    }),
    [deskMethod.listJobs]: method({
      auth: auth(deskMethod.listJobs),
      handle: async ({ auth: did, params }: Call<string, Listing>) => {
        const { items, cursor } = deskValue(await jobs.list({ did, town: params.town }, params))
        return { json: { jobs: items.map(told), ...(cursor === null ? {} : { cursor }) } }
      },
    }),
    [deskMethod.getJobFile]: method({
      auth: auth(deskMethod.getJobFile),
      handle: async ({ auth: did, params }: Call<string, OfJob>) => {
        const { file, body } = deskValue(await jobs.take({ did, town: params.town }, params.id))
        return {
          stream: body,
          encoding: file.type,
          headers: { 'Content-Disposition': `attachment; filename="${file.name.replaceAll(/[^\w.-]/g, '_')}"` },
        }
      },
    }),
  }
}

const told = (job: JobView): object => ({ ...job, reasons: job.reasons.map(reasonView) })
