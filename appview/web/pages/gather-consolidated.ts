// What the pages of a prefecture and of the whole show: their consolidation as everybody sees it, and their members beside each other.

import { ANYONE } from '../../auth/caller.ts'
import { notFound } from '../../auth/access.ts'
import { periodOfFiscalYear } from '../../journal/calendar.ts'
import { NETWORK, type Consolidation } from '../../statements/consolidation.ts'
import { layoutOf } from '../../statements/layout.ts'
import { isLeftOut } from '../../statements/lines.ts'
import { prefectureName, prefectureOf } from '../../statements/prefectures.ts'
import type { ConsolidatedView, MemberRow } from './consolidated.ts'
import type { CheckRow } from './consolidated-check.ts'
import type { PagesDeps } from './deps.ts'
import { BooksCatchingUp } from './failures.ts'
import { consolidatedNotes } from './consolidated-notes.ts'
import { EVERYBODY, hasYen, partsOf } from './consolidated-parts.ts'
import type { Words } from './lang.ts'
import { lackingOf } from './lacking-notice.ts'
import { say } from './lang.ts'
import type { Shell } from './layout.ts'
import { dateText, fiscalYearText } from './parts/date.ts'
import { numText } from './parts/figure.ts'
import { sheetOf } from './sheets.ts'
import type { SheetView } from './statement.ts'
import { worksheetSheet } from './worksheet-sheet.ts'
import { calendarOf, isYearClosed } from './years.ts'

const MOST_TOWNS = 2_000

/** The municipalities of a prefecture, or of the roster, by code. */
export const codesIn = async (deps: PagesDeps, scope: string): Promise<readonly string[]> => {
  const { municipalities } = await deps.queries.municipalities({ limit: MOST_TOWNS })
  return municipalities.map(({ code }) => code).filter((code) => scope === NETWORK || prefectureOf(code) === scope)
}

/** Fiscal years any of them has books for, newest first; none for a scope without municipalities. */
export const yearsOf = async (deps: PagesDeps, scope: string): Promise<readonly number[]> => {
  const calendars = await Promise.all((await codesIn(deps, scope)).map((code) => calendarOf(deps, code)))
  return [...new Set(calendars.flatMap(({ years }) => years))].toSorted((a, b) => b - a)
}

/** The newest closed year; before there is one, the oldest. */
export const shownYear = (deps: PagesDeps, years: readonly number[]): number | undefined =>
  years.find((year) => isYearClosed(deps, year)) ?? years.at(-1)

export const nameOfScope = (scope: string): Words =>
  scope === NETWORK ? { ja: 'すべての市町', en: 'All municipalities' } : (prefectureName(scope) ?? { ja: scope, en: scope })

export const pathOfScope = (scope: string, year: number): string =>
  scope === NETWORK ? `/network/statement/${year}` : `/m/${scope}/${year}`

/** Minutes given and received, as published; null where left out. */
export const minutesIn = ({ units }: Consolidation): Pick<MemberRow, 'given' | 'received'> => {
  const { areas } = units.MIN
  const of = (account: string): number | null =>
    isLeftOut(areas, 'PL') || isLeftOut(areas, account) ? null : Math.abs(areas.PL[account] ?? 0)
  const [people, common] = [of('5110'), of('5130')]
  return { given: of('4110'), received: people === null || common === null ? null : people + common }
}

/** `version`: of a municipality's closed year; the newest when not given. */
export const consolidationOf = async (deps: PagesDeps, scope: string, year: number, version?: number): Promise<Consolidation> =>
  (await deps.queries.consolidationFor(ANYONE, { scope, fiscalYear: year, ...(version === undefined ? {} : { version }) })).consolidation

const membersOf = async (deps: PagesDeps, { scope, members }: Consolidation, year: number): Promise<MemberRow[]> => {
  const parts = scope === NETWORK ? [...new Set(members.map(prefectureOf))] : members
  return Promise.all(
    parts.map(async (part) => {
      const name = scope === NETWORK ? nameOfScope(part) : await memberName(deps, part)
      const isOver = scope !== NETWORK && !(await calendarOf(deps, part)).years.includes(year)
      return { name, path: isOver ? `/m/${part}` : `/m/${part}/${year}`, ...minutesIn(await consolidationOf(deps, part, year)) }
    }),
  )
}

const signedOf = async (deps: PagesDeps, scope: string, year: number): Promise<CheckRow[]> => {
  const { members } = (await deps.queries.signedCheckOf(scope, year)) ?? { members: [] }
  return Promise.all(members.map(async (member) => ({ ...member, name: await townName(deps, member.code) })))
}

export const townName = async (deps: PagesDeps, code: string): Promise<Words> => {
  const { names } = await deps.queries.municipality(code)
  return { ja: names.ja, en: names.en ?? names.ja }
}

/** With what it has become part of. */
const memberName = async (deps: PagesDeps, code: string): Promise<Words> => {
  const { names, becamePartOf } = await deps.queries.municipality(code)
  if (becamePartOf === undefined) return townName(deps, code)
  const { names: into, on } = becamePartOf
  return {
    ja: `${names.ja}（${dateText('ja', on)}から${into.ja}）`,
    en: `${names.en ?? names.ja} (since ${dateText('en', on)} ${into.en ?? into.ja})`,
  }
}

const AREAS_TITLE: Words = { ja: '地域の和の活動計算書', en: 'Statement of the areas’ Wa activities' }

const sheetsOf = (consolidation: Consolidation): SheetView[] => {
  const { period } = consolidation
  const parts = partsOf(consolidation)
  const sheets = parts.flatMap(({ which, statement, sheets: ids, of }) =>
    layoutOf(statement, { yen: hasYen(consolidation) })
      .filter(({ id }) => ids.includes(id))
      .map((one): SheetView => {
        const view = { ...sheetOf(one, { period, tail: null }), sub: of }
        return which === 'areas' ? { ...view, id: 'area', title: AREAS_TITLE } : view
      }),
  )
  return [...sheets, ...(parts.some(({ which }) => which === 'areas') ? [worksheetSheet(consolidation, EVERYBODY)] : [])]
}

/** What has become part of another by the end of the period is counted with that one. */
export const leadOf = async (deps: PagesDeps, { scope, members, period }: Consolidation): Promise<Words> => {
  const towns = await Promise.all(members.map((code) => deps.queries.municipality(code)))
  const count = numText(towns.filter(({ becamePartOf }) => becamePartOf === undefined || becamePartOf.on > period.through).length)
  if (scope === NETWORK)
    return {
      ja: `この帳簿に加わる${count}市町を、ひとつにあわせたものです。`,
      en: `The ${count} municipalities of these books as one.`,
    }
  const name = nameOfScope(scope)
  return {
    ja: `${name.ja}にあって、この帳簿に加わる${count}市町をひとつにあわせたものです。${name.ja}という団体の決算書ではありません。`,
    en: `The ${count} municipalities of ${name.en} in these books as one. It is no statement of the prefecture as a body.`,
  }
}

/** Throws NotFound for a scope or year without books, BooksCatchingUp while a rebuild is unfinished. */
export const gatherConsolidated = async (deps: PagesDeps, { lang }: Shell, scope: string, year: number): Promise<ConsolidatedView> => {
  const { cursor } = await deps.books.state()
  if (cursor.folded.leaf < cursor.read.leaf) throw new BooksCatchingUp('a rebuild is unfinished')
  const years = await yearsOf(deps, scope)
  if (!years.includes(year)) throw notFound()
  const { consolidation, proof, towns } = await deps.queries.consolidationFor(ANYONE, { scope, fiscalYear: year })
  const { from, through } = periodOfFiscalYear(year)
  const who = nameOfScope(scope)
  const path = pathOfScope(scope, year)
  const whole = { path: pathOfScope(NETWORK, year), label: say(lang, nameOfScope(NETWORK)) }
  return {
    who,
    period: {
      ja: `${fiscalYearText('ja', year)}（${dateText('ja', from)}〜${dateText('ja', through)}）`,
      en: `${fiscalYearText('en', year)} (${dateText('en', from)} – ${dateText('en', through)})`,
    },
    closed: isYearClosed(deps, year),
    knownAt: consolidation.knownAt,
    lead: await leadOf(deps, consolidation),
    lacking: await lackingOf(deps, consolidation.members, false),
    membersTitle: scope === NETWORK ? { ja: '都道府県ごと', en: 'By prefecture' } : { ja: '市町ごと', en: 'By municipality' },
    members: await membersOf(deps, consolidation, year),
    signed: await signedOf(deps, scope, year),
    sheets: sheetsOf(consolidation),
    notes: consolidatedNotes(consolidation, towns),
    file: { hash: proof.hash, base: path },
    others: years
      .filter((other) => other !== year)
      .map((other) => ({
        name: { ja: fiscalYearText('ja', other), en: fiscalYearText('en', other) },
        path: pathOfScope(scope, other),
      })),
    crumbs: scope === NETWORK ? [whole] : [whole, { path, label: say(lang, who) }],
  }
}
