// What the form that records an act offers: the person's town first, its host bodies, the days that can still be claimed.

import { addDays } from '../../journal/calendar.ts'
import type { Session } from '../../store/store.ts'
import type { PagesDeps } from './deps.ts'
import { todayOf } from './deps.ts'
import { emptyInput, type RecordError, type RecordInput, type RecordView } from './record.ts'
import { residenceOf } from './residence.ts'

const MOST_TOWNS = 100
/** When a town's policy says nothing. */
const CLAIM_DAYS = 90

const claimDaysOf = async (deps: PagesDeps, code: string): Promise<number> => {
  const { policy } = await deps.queries.policyOf(code)
  const value = policy?.value
  return typeof value === 'object' && value !== null && 'claimDays' in value && typeof value.claimDays === 'number'
    ? value.claimDays
    : CLAIM_DAYS
}

/** `input` null: an empty form. */
export const gatherRecordForm = async (
  deps: PagesDeps,
  session: Session,
  input: RecordInput | null,
  errors: readonly RecordError[],
): Promise<RecordView> => {
  const { municipalities } = await deps.queries.municipalities({ limit: MOST_TOWNS })
  const home = (await residenceOf(deps, session.did))?.code ?? municipalities[0]?.code ?? ''
  const today = todayOf(deps)
  const known = municipalities.some(({ code }) => code === (input?.municipality ?? home))
  const code = known ? (input?.municipality ?? home) : home
  const bodies = await Promise.all(municipalities.map((town) => deps.queries.hostBodiesOf(town.code)))
  return {
    today,
    earliest: addDays(today, -(code === '' ? CLAIM_DAYS : await claimDaysOf(deps, code))),
    towns: municipalities.map((town) => ({ code: town.code, names: { ja: town.names.ja, en: town.names.en ?? town.names.ja } })),
    hostBodies: bodies.flat().map(({ did, names }) => ({ did, names: { ja: names.ja, en: names.en ?? names.ja } })),
    input: input ?? emptyInput(today, home),
    errors,
  }
}
