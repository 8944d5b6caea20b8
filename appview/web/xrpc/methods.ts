// The methods of the appview: who is calling, what the query says, nothing else. Parameters have passed the lexicon before they come here.

import type { Request } from 'express'
import { method as nsidOf } from '../../../lexicons/authority.ts'
import { method } from '../../../server/xrpc.ts'
import type { Call, Methods } from '../../../server/xrpc.ts'
import type { Caller, Callers } from '../../auth/caller.ts'
import type { Asked } from '../../queries/known-at.ts'
import type { Queries } from '../../queries/queries.ts'

type Page = { readonly limit: number; readonly cursor?: string }
type StatementParams = Asked & {
  readonly scope: string
  readonly entity?: string
  readonly kind?: string
  readonly fiscalYear?: number
  readonly month?: string
  readonly version?: number
}
type ConsolidationParams = Asked & {
  readonly scope: string
  readonly fiscalYear?: number
  readonly month?: string
  readonly version?: number
}
type TrialParams = Asked & { readonly scope: string; readonly entity?: string; readonly on?: string }
type JournalParams = Asked & Page & { readonly scope?: string; readonly entity?: string; readonly action?: string }
type ActionsParams = Page & { readonly actor?: string; readonly state?: string }
type TraceParams = { readonly uri: string; readonly cid?: string }
type TownParams = { readonly code: string; readonly on?: string }

/** All methods, by NSID. */
export const appviewMethods = (queries: Queries, callers: Callers): Methods => {
  const by = (nsid: string) => ({ auth: (req: Request): Promise<Caller> => callers.of(req, nsid) })
  return {
    [nsidOf.getStatement]: method({
      ...by(nsidOf.getStatement),
      handle: async ({ params, auth }: Call<Caller, StatementParams>) => {
        const { statement, proof, sealed } = await queries.statementFor(auth, params)
        return { json: { statement, proof, ...(sealed === null ? {} : { closing: sealed }) } }
      },
    }),
    [nsidOf.getConsolidation]: method({
      ...by(nsidOf.getConsolidation),
      handle: async ({ params, auth }: Call<Caller, ConsolidationParams>) => {
        const { consolidation, proof, sealed } = await queries.consolidationFor(auth, params)
        return { json: { consolidation, proof, ...(sealed === null ? {} : { closing: sealed }) } }
      },
    }),
    [nsidOf.getTrialBalance]: method({
      ...by(nsidOf.getTrialBalance),
      handle: async ({ params, auth }: Call<Caller, TrialParams>) => ({ json: await queries.trialBalanceFor(auth, params) }),
    }),
    [nsidOf.listJournal]: method({
      ...by(nsidOf.listJournal),
      handle: async ({ params, auth }: Call<Caller, JournalParams>) => ({ json: await queries.journalOf(auth, params) }),
    }),
    [nsidOf.listActions]: method({
      ...by(nsidOf.listActions),
      handle: async ({ params, auth }: Call<Caller, ActionsParams>) => ({ json: await queries.actionsOf(auth, params) }),
    }),
    [nsidOf.getAction]: method({
      ...by(nsidOf.getAction),
      handle: async ({ params, auth }: Call<Caller, { readonly uri: string }>) => ({ json: await queries.actionDetail(auth, params.uri) }),
    }),
    [nsidOf.traceWrite]: method({
      ...by(nsidOf.traceWrite),
      handle: async ({ params, auth }: Call<Caller, TraceParams>) => {
        const { uri, cid, steps } = await queries.traceWrite(auth, params.uri, params.cid)
        return { json: { uri, ...(cid === undefined ? {} : { cid }), steps } }
      },
    }),
    ...townMethods(queries, by),
  }
}

const townMethods = (queries: Queries, by: (nsid: string) => { auth: (req: Request) => Promise<Caller> }): Methods => ({
  [nsidOf.getMunicipality]: method({
    ...by(nsidOf.getMunicipality),
    handle: async ({ params }: Call<Caller, TownParams>) => ({ json: await queries.municipality(params.code) }),
  }),
  [nsidOf.listMunicipalities]: method({
    ...by(nsidOf.listMunicipalities),
    handle: async ({ params }: Call<Caller, Page>) => ({ json: await queries.municipalities(params) }),
  }),
  [nsidOf.getPolicy]: method({
    ...by(nsidOf.getPolicy),
    handle: async ({ params }: Call<Caller, TownParams>) => ({ json: await queries.policyOf(params.code, params.on) }),
  }),
})
