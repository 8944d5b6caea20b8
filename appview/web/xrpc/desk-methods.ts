// The desk by XRPC: who is calling, which town they mean, nothing else. Inputs have passed the lexicon; the operations judge the rest.

import type { Request } from 'express'
import { deskMethod } from '../../../lexicons/authority.ts'
import { method } from '../../../server/xrpc.ts'
import type { Call, Methods, Params } from '../../../server/xrpc.ts'
import type { Callers } from '../../auth/caller.ts'
import { CSV_MAX_BYTES } from '../../desk/csv.ts'
import type { Actor, DeskOperations, Listed, Outcome, SheetView, StampSheet } from '../../desk/operations.ts'
import type { DraftKind, DraftState } from '../../store/desk.ts'
import { deskCaller, deskValue, reasonView } from './desk-answer.ts'

/** A file as JSON text: every byte may be escaped. */
const FILE_BODY = { bodyBytes: 2 * CSV_MAX_BYTES }

type InTown = { readonly town: string }
type Paging = InTown & { readonly limit: number; readonly cursor?: string }
type AtVersion = InTown & { readonly id: string; readonly version: number }
type Input<D extends keyof DeskOperations> = InTown & Parameters<DeskOperations[D]>[1]

type Deeds<I> = (actor: Actor, input: I) => Promise<Outcome<object>>
type Looks<P> = (actor: Actor, params: P) => Promise<object>

export const deskMethods = (desk: DeskOperations, callers: Callers): Methods => ({
  ...procedures(desk, callers),
  ...queries(desk, callers),
})

/** A procedure that is one operation: what it is given beside the town is what the operation takes. */
const procedureFor =
  (callers: Callers) =>
  <I extends InTown>(nsid: string, work: Deeds<I>): Methods => ({
    [nsid]: method({
      auth: (req: Request) => deskCaller(callers, req, nsid),
      limits: FILE_BODY,
      handle: async ({ auth: did, input }: Call<string, Params, I>) => ({ json: deskValue(await work({ did, town: input.town }, input)) }),
    }),
  })

const queryFor =
  (callers: Callers) =>
  <P extends InTown & Params>(nsid: string, work: Looks<P>): Methods => ({
    [nsid]: method({
      auth: (req: Request) => deskCaller(callers, req, nsid),
      handle: async ({ auth: did, params }: Call<string, P>) => ({ json: await work({ did, town: params.town }, params) }),
    }),
  })

const procedures = (desk: DeskOperations, callers: Callers): Methods => {
  const procedure = procedureFor(callers)
  return {
    ...procedure(deskMethod.addRole, (actor, input: Input<'addRole'>) => desk.addRole(actor, input)),
    ...procedure(deskMethod.removeRole, (actor, input: Input<'removeRole'>) => desk.removeRole(actor, input)),
    ...procedure(deskMethod.importRegister, async (actor, input: Input<'importRegister'>) => {
      const done = await desk.importRegister(actor, input)
      return done.ok
        ? { ...done, value: { ...done.value, refused: done.value.refused.map(reasonView), notices: done.value.notices.map(reasonView) } }
        : done
    }),
    ...procedure(deskMethod.admit, (actor, input: Input<'admit'>) => desk.admit(actor, input)),
    ...procedure(deskMethod.endAdmission, (actor, input: Input<'endAdmission'>) => desk.endAdmission(actor, input)),
    ...procedure(deskMethod.registerHostBody, (actor, input: Input<'registerHostBody'>) => desk.registerHostBody(actor, input)),
    ...procedure(deskMethod.endHostBody, (actor, input: Input<'endHostBody'>) => desk.endHostBody(actor, input)),
    ...procedure(deskMethod.saveSheet, async (actor, { sheet, id, version }: InTown & SheetInput) =>
      sheetOutcome(await desk.saveSheet(actor, sheet, id === undefined ? undefined : { id, version: version ?? 0 })),
    ),
    ...procedure(deskMethod.propose, (actor, { id, version }: AtVersion) => desk.propose(actor, id, version)),
    ...procedure(deskMethod.approve, (actor, { id, version }: AtVersion) => desk.approve(actor, id, version)),
    ...procedure(deskMethod.withdraw, (actor, { id, version }: AtVersion) => desk.withdraw(actor, id, version)),
    ...procedure(deskMethod.openDispute, (actor, input: Input<'openDispute'>) => desk.openDispute(actor, input)),
    ...procedure(deskMethod.proposeRuling, (actor, input: Input<'proposeRuling'>) => desk.proposeRuling(actor, input)),
    ...procedure(deskMethod.openAppeal, (actor, input: Input<'openAppeal'>) => desk.openAppeal(actor, input)),
    ...procedure(deskMethod.proposeAppealRuling, (actor, input: Input<'proposeAppealRuling'>) => desk.proposeAppealRuling(actor, input)),
    ...procedure(deskMethod.proposeSuspension, (actor, input: Input<'proposeSuspension'>) => desk.proposeSuspension(actor, input)),
    ...procedure(deskMethod.proposeSuspensionEnd, (actor, input: Input<'proposeSuspensionEnd'>) => desk.proposeSuspensionEnd(actor, input)),
    ...procedure(deskMethod.previewPolicy, (actor, { policy }: InTown & PolicyIn) => desk.previewPolicy(actor, policy)),
    ...procedure(deskMethod.publishPolicy, (actor, { policy }: InTown & PolicyIn) => desk.publishPolicy(actor, policy)),
    ...procedure(deskMethod.previewRates, (actor, { rates }: InTown & RatesIn) => desk.previewRates(actor, rates)),
    ...procedure(deskMethod.publishRates, (actor, { rates }: InTown & RatesIn) => desk.publishRates(actor, rates)),
    ...procedure(deskMethod.proposeOpening, (actor, input: Input<'proposeOpening'>) => desk.proposeOpening(actor, input)),
    ...procedure(deskMethod.mapReceiver, (actor, input: Input<'mapReceiver'>) => desk.mapReceiver(actor, input)),
    ...procedure(deskMethod.publishHousehold, (actor, { household }: InTown & { readonly household: string }) =>
      desk.publishHousehold(actor, household),
    ),
    ...procedure(deskMethod.recordDeath, (actor, input: Input<'recordDeath'>) => desk.recordDeath(actor, input)),
    ...procedure(deskMethod.publishNotice, (actor, input: Input<'publishNotice'>) => desk.publishNotice(actor, input)),
    ...procedure(deskMethod.dismissFlag, (actor, input: Input<'dismissFlag'>) => desk.dismissFlag(actor, input)),
  }
}

const queries = (desk: DeskOperations, callers: Callers): Methods => {
  const query = queryFor(callers)
  return {
    ...query(deskMethod.getRoles, async (actor) => ({ roles: await desk.held(actor) })),
    ...query(deskMethod.listRoles, async (actor) => ({ roles: deskValue(await desk.roles(actor)) })),
    ...query(deskMethod.listRegister, async (actor, { find, limit, cursor }: Paging & { readonly find?: string }) => {
      const search = { limit, ...(cursor === undefined ? {} : { after: cursor }), ...(find === undefined ? {} : { find }) }
      const found = deskValue(await desk.register(actor, search))
      const last = found.residents.at(-1)
      return { ...found, ...(last === undefined || found.residents.length < limit ? {} : { cursor: last.id }) }
    }),
    ...query(deskMethod.getSheet, async (actor, { id }: InTown & { readonly id: string }) =>
      deskValue(sheetOutcome(await desk.sheet(actor, id))),
    ),
    ...query(deskMethod.listDrafts, async (actor, params: Paging & { readonly kind?: DraftKind; readonly state?: DraftState }) =>
      listed('drafts', await desk.drafts(actor, params)),
    ),
    ...query(deskMethod.listDisputes, async (actor) => ({ disputes: deskValue(await desk.disputes(actor)) })),
    ...query(deskMethod.listUpheldRulings, async (actor) => ({ rulings: deskValue(await desk.upheldRulings(actor)) })),
    ...query(deskMethod.listFlags, async (actor, params: Paging) => listed('flags', await desk.flags(actor, params))),
    ...query(deskMethod.listTrail, async (actor, params: Paging & { readonly on?: string }) =>
      listed('rows', await desk.trail(actor, params)),
    ),
    ...query(deskMethod.listEntries, async (actor, params: Paging & { readonly kind?: string }) =>
      listed('entries', await desk.entries(actor, params)),
    ),
  }
}

type SheetInput = { readonly sheet: StampSheet; readonly id?: string; readonly version?: number }
type PolicyIn = { readonly policy: Parameters<DeskOperations['publishPolicy']>[1] }
type RatesIn = { readonly rates: Parameters<DeskOperations['publishRates']>[1] }

const sheetOutcome = (outcome: Outcome<SheetView>): Outcome<object> =>
  outcome.ok
    ? {
        ok: true,
        value: { ...outcome.value, lines: outcome.value.lines.map((line) => ({ ...line, doubts: line.doubts.map(reasonView) })) },
      }
    : outcome

const listed = <T>(name: string, outcome: Outcome<Listed<T>>): object => {
  const { items, cursor } = deskValue(outcome)
  return { [name]: items, ...(cursor === null ? {} : { cursor }) }
}
