// A town's statement set for a year or a month, as the public sees it: the municipality's own sheets, the whole area, the notes.

import { ANYONE } from '../../auth/caller.ts'
import { isMonth, periodOfFiscalYear, periodOfMonth } from '../../journal/calendar.ts'
import type { StatementAnswer } from '../../queries/statement.ts'
import { layoutOf } from '../../statements/layout.ts'
import type { Statement } from '../../statements/statement.ts'
import type { PagesDeps } from './deps.ts'
import { BooksCatchingUp } from './failures.ts'
import { notesOf } from './gather-notes.ts'
import { say } from './lang.ts'
import type { Shell, Town } from './layout.ts'
import { dateText, fiscalYearText, monthText } from './parts/date.ts'
import { lackingOf } from './lacking-notice.ts'
import { partOfText } from './part-of.ts'
import { sheetOf } from './sheets.ts'
import type { SheetView, StatementView } from './statement.ts'
import { townConsolidation } from './worksheet-sheet.ts'
import { versionOf } from './versions.ts'
import { calendarOf, isYearClosed } from './years.ts'

/** What an address names: a fiscal year or a month. */
export type Asked = { readonly fiscalYear: number } | { readonly month: string }

const YEAR = /^\d{4}$/

/** The year or month of an address; null for what is none, or lies outside the town's books. */
export const parseAsked = async (deps: PagesDeps, code: string, text: string): Promise<Asked | null> => {
  const calendar = await calendarOf(deps, code)
  if (YEAR.test(text)) return calendar.years.includes(Number(text)) ? { fiscalYear: Number(text) } : null
  return isMonth(text) && calendar.months.includes(text) ? { month: text } : null
}

export type TownAnswers = { readonly town: StatementAnswer; readonly area: StatementAnswer }

/** While a rebuild is unfinished the books are not whole, and nothing is shown. Throws BooksCatchingUp. */
export const townAnswers = async (deps: PagesDeps, code: string, asked: Asked, version?: number): Promise<TownAnswers> => {
  const { cursor } = await deps.books.state()
  if (cursor.folded.leaf < cursor.read.leaf) throw new BooksCatchingUp('a rebuild is unfinished')
  const query = { scope: code, ...asked, ...(version === undefined ? {} : { version }) }
  const [town, area] = await Promise.all([
    deps.queries.statementFor(ANYONE, { ...query, entity: `M:${code}` }),
    deps.queries.statementFor(ANYONE, query),
  ])
  return { town, area }
}

export const isWhole = (statement: StatementAnswer['statement']): statement is Statement => !('hidden' in statement)

const NO_BALANCE = {
  ja: '分の残高はありません。公共のための行動は、同じ分数の住民拠出で差し引かれるためです。',
  en: 'There is no balance in minutes: what the public receives is offset by the residents’ contribution of as many minutes.',
}
const REFERENCE_YEN = {
  ja: '参考円は、分を単価表で円に直した目安です。円での支払いや債務を表すものではありません。',
  en: 'Yen are minutes times the rate table, for reference. They stand for no payment or debt in yen.',
}
const AREA_TITLE = { ja: '地域全体', en: 'The whole area' }
const AREA_SUB = { ja: '住民・団体・自治体を合わせたもの', en: 'Residents, organisations and the municipality together' }
const AREA_TAIL = {
  ja: '提供と享受の差は、ほかの市町との間の支え合いです。',
  en: 'What remains between given and received is mutual aid with other municipalities.',
}

const sheetsOf = ({ town, area }: TownAnswers): SheetView[] => {
  const own = isWhole(town.statement) ? layoutOf(town.statement, { yen: true }) : []
  const whole = isWhole(area.statement) ? layoutOf(area.statement, { yen: true }) : []
  const { period } = area.statement
  const noBalance =
    isWhole(town.statement) && town.statement.units.MIN.BS['assets'] === 0 && town.statement.units.MIN.BS['liabilities'] === 0
  return [
    ...own.map((one) =>
      sheetOf(one, { period, tail: one.id === 'activities' ? REFERENCE_YEN : one.id === 'balance-sheet' && noBalance ? NO_BALANCE : null }),
    ),
    ...whole
      .filter(({ id }) => id === 'activities')
      .map((one) => ({ ...sheetOf(one, { period, tail: AREA_TAIL }), id: 'area', title: AREA_TITLE, sub: AREA_SUB })),
  ]
}

/** The view of a town's statements. Throws NotFound, BooksCatchingUp. */
export const gatherTownStatement = async (
  deps: PagesDeps,
  shell: Shell,
  town: Town,
  asked: Asked,
  version?: number,
): Promise<StatementView> => {
  const { lang } = shell
  const answers = await townAnswers(deps, town.code, asked, version)
  const { statement } = answers.area
  const isYear = 'fiscalYear' in asked
  const period = isYear ? periodOfFiscalYear(asked.fiscalYear) : periodOfMonth(asked.month)
  const name = isYear ? String(asked.fiscalYear) : asked.month
  const title = isYear ? (l: 'ja' | 'en') => fiscalYearText(l, asked.fiscalYear) : (l: 'ja' | 'en') => monthText(l, asked.month)
  const newest = `/m/${town.code}/${name}`
  const path = version === undefined ? newest : `${newest}/v${version}`
  const beside = await townConsolidation(deps, shell, town, asked, version)
  return {
    who: town.names,
    period: {
      ja: `${title('ja')}（${dateText('ja', period.from)}〜${dateText('ja', period.through)}）`,
      en: `${title('en')} (${dateText('en', period.from)} – ${dateText('en', period.through)})`,
    },
    version: versionOf(answers.town, newest),
    closed: isYear && isYearClosed(deps, asked.fiscalYear),
    knownAt: statement.knownAt,
    lead: {
      ja: `団体としての${town.names.ja}の決算書です。住民一人ひとりの数字は載せていません。${partOfText(town)?.ja ?? ''}`,
      en: `The statement of ${town.names.en} as a body. It shows no figures of single residents. ${partOfText(town)?.en ?? ''}`.trim(),
    },
    lacking: await lackingOf(deps, [town.code], answers.area.sealed !== null),
    hidden: !isWhole(statement),
    sheets: [...sheetsOf(answers), ...beside.sheets],
    notes: await notesOf(deps, town.code, answers, period),
    files: [
      { label: town.names, hash: answers.town.proof.hash, path: `${path}.json` },
      { label: AREA_TITLE, hash: answers.area.proof.hash, path: `${path}/area.json` },
      ...beside.files,
    ],
    exportPath: path,
    crumbs: [
      ...beside.crumbs,
      { path: `/m/${town.code}`, label: say(lang, town.names) },
      { path, label: say(lang, { ja: `${title('ja')}の決算書`, en: `Statement, ${title('en')}` }) },
    ],
  }
}
