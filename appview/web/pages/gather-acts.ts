// One's records as rows: each with its state, and where it does not count, why and what is still possible.

import type { ActionView } from '../../queries/views.ts'
import type { Session } from '../../store/store.ts'
import type { PagesDeps } from './deps.ts'
import type { MyRecord } from './acts.ts'
import { splitAtUri } from './own-uri.ts'
import { prospectOf, stateOf } from './prospect.ts'
import { residenceOf } from './residence.ts'

const PAGE_OF_ACTS = 50

export const recordsOf = async (
  deps: PagesDeps,
  { did }: Session,
  limit: number,
  cursor?: string,
): Promise<{ readonly list: readonly MyRecord[]; readonly cursor?: string }> => {
  const page = await deps.queries.actionsOf({ kind: 'account', did }, { limit, ...(cursor === undefined ? {} : { cursor }) })
  const isAdmitted = (await residenceOf(deps, did))?.isCurrent ?? false
  return { list: page.actions.map((action) => rowOf(action, isAdmitted)), ...(page.cursor === undefined ? {} : { cursor: page.cursor }) }
}

const rowOf = (action: ActionView, isAdmitted: boolean): MyRecord => {
  const state = stateOf(action, isAdmitted)
  return {
    rkey: splitAtUri(action.uri).rkey,
    performedOn: action.performedOn,
    category: action.category,
    minutes: action.recognisedMinutes ?? action.minutes,
    state,
    code: action.refusal?.code ?? null,
    prospect: state === 'recognised' ? null : prospectOf(action, state).sentence,
  }
}

export const gatherActs = async (
  deps: PagesDeps,
  session: Session,
  before: string,
): Promise<{ readonly list: readonly MyRecord[]; readonly older: string | null }> => {
  const { list, cursor } = await recordsOf(deps, session, PAGE_OF_ACTS, before === '' ? undefined : before)
  return { list, older: cursor === undefined ? null : `/me/acts?before=${encodeURIComponent(cursor)}` }
}
