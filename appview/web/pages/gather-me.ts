// わたしの和: one's year as given and received, who asks to be confirmed, the newest records, the books.

import { fiscalYearOf, periodOfFiscalYear, periodOfMonth } from '../../journal/calendar.ts'
import { GIVEN, RECEIVED } from '../../journal/chart.ts'
import type { StatementAnswer } from '../../queries/statement.ts'
import { layoutOf } from '../../statements/layout.ts'
import type { Session } from '../../store/store.ts'
import { visibilityOf } from './choose-privacy.ts'
import type { PagesDeps } from './deps.ts'
import { todayOf } from './deps.ts'
import { recordsOf } from './gather-acts.ts'
import { isWhole } from './gather-town.ts'
import type { Asks } from './asks.ts'
import type { Books, Half, MeView, Sheet } from './me.ts'
import { attestedIn } from './gather-person.ts'
import { nameOf } from './names.ts'
import type { MonthPair } from './parts/months.ts'
import { residenceOf } from './residence.ts'
import { rowOf } from './sheets.ts'
import { MOST_ASKS, townOf } from './shells.ts'
import { monthsBetween } from './years.ts'

const RECENT = 5

const halfOf = ({ statement, acts }: StatementAnswer, account: typeof GIVEN | typeof RECEIVED): Half => {
  if (!isWhole(statement)) return { minutes: 0, acts: 0, byCategory: [] }
  const { PL, byCategory } = statement.units.MIN
  const sign = account === GIVEN ? 1 : -1
  const minutes = (figures: Readonly<Record<string, number>> | undefined): number => sign * (figures?.[account] ?? 0) + 0
  return {
    minutes: minutes(PL),
    acts: account === GIVEN ? acts.given : acts.received,
    byCategory: Object.entries(byCategory)
      .map(([category, figures]) => ({ category, minutes: minutes(figures) }))
      .filter((row) => row.minutes !== 0)
      .toSorted((a, b) => b.minutes - a.minutes),
  }
}

const booksOf = ({ statement }: StatementAnswer): Books | null => {
  if (!isWhole(statement)) return null
  const sheets = layoutOf(statement, { yen: false })
  const sheet = (id: string): Sheet => {
    const found = sheets.find((one) => one.id === id)
    return { title: found?.title ?? { ja: id, en: id }, rows: found?.tables.flatMap((table) => table.map(rowOf)) ?? [] }
  }
  return {
    activities: sheet('activities'),
    balanceSheet: sheet('balance-sheet'),
    unconfirmedMinutes: statement.notes['unconfirmedMinutes'] ?? 0,
  }
}

type Whose = { readonly scope: string; readonly entity: string; readonly knownAt: StatementAnswer['statement']['knownAt'] }

/** Nothing when the year has no minute yet. */
const monthsOf = async ({ books }: PagesDeps, { scope, entity, knownAt }: Whose, from: string, through: string): Promise<MonthPair[]> => {
  const pairs = await Promise.all(
    monthsBetween(from, through)
      .toReversed()
      .map(async (month) => {
        const sums = await books.sums({ scope, entity, ...periodOfMonth(month), knownAt })
        const of = (account: number): number =>
          sums.filter((sum) => sum.unit === 'MIN' && sum.account === account).reduce((total, { amount }) => total + amount, 0)
        return { month, given: Math.max(0, -of(GIVEN)), received: Math.max(0, of(RECEIVED)) }
      }),
  )
  return pairs.some(({ given, received }) => given + received > 0) ? pairs : []
}

const asksOf = async (deps: PagesDeps, { did }: Session): Promise<Asks> => {
  const { actions, total } = await deps.queries.myPendingConfirmations({ kind: 'account', did }, MOST_ASKS)
  const open = await Promise.all(
    actions.map(async ({ uri, cid, performedOn, category, minutes, giver }) => ({
      uri,
      cid,
      performedOn,
      category,
      minutes,
      giver: await nameOf(deps, giver),
      isHost: await isHostOf(deps, uri, did),
    })),
  )
  return { open, total }
}

/** Whether an act names this account as the body that received it, rather than as the person. */
const isHostOf = async ({ books }: PagesDeps, uri: string, did: string): Promise<boolean> => {
  const doc = (await books.load([`action:${uri}`])).get(`action:${uri}`)
  return doc?.kind === 'action' && doc.hostBody === did
}

const NOTHING: Half = { minutes: 0, acts: 0, byCategory: [] }

/** `at`: the books as known at that leaf; now when undefined. */
export const gatherMe = async (deps: PagesDeps, session: Session, at: number | undefined): Promise<MeView> => {
  const today = todayOf(deps)
  const fiscalYear = fiscalYearOf(today)
  const { from, through } = periodOfFiscalYear(fiscalYear)
  const until = today < through ? today : through
  const home = await residenceOf(deps, session.did)
  const town = home === null ? null : await townOf(deps, home.code)
  const asked = { fiscalYear, entity: session.did, ...(at === undefined ? {} : { leaf: at }) }
  const answer =
    home === null ? null : await deps.queries.statementFor({ kind: 'account', did: session.did }, { scope: home.code, ...asked })
  const whose =
    home === null || answer === null
      ? null
      : {
          scope: home.code,
          entity: home.kind === 'M' ? `M:${home.code}` : `${home.kind}:${session.did}`,
          knownAt: answer.statement.knownAt,
        }
  const { list, cursor } = await recordsOf(deps, session, RECENT)
  return {
    name: home?.names ?? (home?.kind === 'M' ? town?.names : null) ?? { ja: `${session.handle} さん`, en: session.handle },
    townPath: home?.kind === 'M' ? `/m/${home.code}` : null,
    town: town?.names ?? null,
    fiscalYear,
    from,
    through: until,
    knownAt: at === undefined || answer === null ? null : answer.statement.knownAt,
    given: answer === null ? NOTHING : halfOf(answer, GIVEN),
    received: answer === null ? NOTHING : halfOf(answer, RECEIVED),
    attested: home === null || answer === null ? null : ((await attestedIn(deps, home.kind, session.did, answer)).attested ?? null),
    months: whose === null ? [] : await monthsOf(deps, whose, from, until),
    asks: await asksOf(deps, session),
    records: list,
    hasMore: cursor !== undefined,
    books: answer === null ? null : booksOf(answer),
    visibility: await visibilityOf(deps, session.did),
  }
}
