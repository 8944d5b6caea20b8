// The set of statements that is exported: of a town as the caller may see it, or of one person or organisation.

import type { Caller } from '../../auth/caller.ts'
import type { SetNote, SetPart, StatementSet, Words } from '../../export/statement-set.ts'
import { periodOfFiscalYear, periodOfMonth, type Period } from '../../journal/calendar.ts'
import type { StatementAnswer } from '../../queries/statement.ts'
import type { PagesDeps } from './deps.ts'
import { worksheetsOf } from './download-worksheets.ts'
import { BooksCatchingUp } from './failures.ts'
import { notesOf } from './gather-notes.ts'
import { notesOfPerson, type ShownPerson } from './gather-person.ts'
import { isWhole, type Asked } from './gather-town.ts'
import { dateText, fiscalYearText, monthText } from './parts/date.ts'
import { isSample, townOf } from './shells.ts'
import { standingNote } from './standing-version.ts'
import { isYearClosed } from './years.ts'

export const periodOfAsked = (asked: Asked): Period =>
  'fiscalYear' in asked ? periodOfFiscalYear(asked.fiscalYear) : periodOfMonth(asked.month)

export const periodName = (asked: Asked): Words => {
  const { from, through } = periodOfAsked(asked)
  const name = (lang: 'ja' | 'en'): string =>
    'fiscalYear' in asked ? fiscalYearText(lang, asked.fiscalYear) : monthText(lang, asked.month)
  return {
    ja: `${name('ja')}（${dateText('ja', from)}〜${dateText('ja', through)}）`,
    en: `${name('en')} (${dateText('en', from)} – ${dateText('en', through)})`,
  }
}

const INTERNAL: Words = { ja: '内部資料（公表用ではありません）', en: 'Internal, not for publication' }

/** Published statements say how many categories were merged; whole ones, which only the desk sees, do not. */
const stateOf = (deps: PagesDeps, asked: Asked, { statement, sealed }: StatementAnswer): Words => {
  if (isWhole(statement) && statement.notes['mergedCategories'] === undefined) return INTERNAL
  if (sealed !== null) return { ja: `第${sealed.version}版・公表済み`, en: `Version ${sealed.version}, published` }
  const isDone = 'fiscalYear' in asked && isYearClosed(deps, asked.fiscalYear)
  return isDone ? { ja: '年度の記録', en: 'Year complete' } : { ja: '速報・未監査', en: 'Provisional' }
}

const partOf = ({ statement, proof }: StatementAnswer): SetPart => ({ statement, hash: proof.hash })

export type TownAsked = {
  readonly code: string
  readonly asked: Asked
  readonly version?: number
  readonly leaf?: number
  readonly instant?: string
}

/** Beside the books' own figures of a closed year: what is published of it. */
const standingNotes = async (deps: PagesDeps, code: string, asked: Asked, { sealed }: StatementAnswer): Promise<readonly SetNote[]> => {
  const note = sealed === null && 'fiscalYear' in asked ? await standingNote(deps, code, asked.fiscalYear) : null
  return note === null ? [] : [note]
}

/** Throws NotFound, BooksCatchingUp. */
export const townSet = async (deps: PagesDeps, caller: Caller, { code, asked, ...more }: TownAsked): Promise<StatementSet> => {
  const { cursor } = await deps.books.state()
  if (cursor.folded.leaf < cursor.read.leaf) throw new BooksCatchingUp('a rebuild is unfinished')
  const query = { scope: code, ...asked, ...more }
  const [town, area] = await Promise.all([
    deps.queries.statementFor(caller, { ...query, entity: `M:${code}` }),
    deps.queries.statementFor(caller, query),
  ])
  const { names } = await townOf(deps, code)
  const { record, version } = town.proof
  const name = 'fiscalYear' in asked ? String(asked.fiscalYear) : asked.month
  return {
    code,
    town: names,
    who: names,
    periodName: periodName(asked),
    period: periodOfAsked(asked),
    state: stateOf(deps, asked, town),
    knownAt: area.statement.knownAt,
    isSample: await isSample(deps),
    parts: [partOf(town), partOf(area)],
    yen: true,
    worksheets: await worksheetsOf(deps, caller, { code, asked, ...more }),
    notes: [...(await standingNotes(deps, code, asked, town)), ...(await notesOf(deps, code, { town, area }, periodOfAsked(asked)))],
    proof: { url: `${deps.url}/m/${code}/${name}${version === undefined ? '' : `/v${version}`}`, uri: record?.uri ?? null },
  }
}

/** Persons' statements have no reference yen. */
export const personSet = async (deps: PagesDeps, { handle, path, town, year, answer, attested }: ShownPerson): Promise<StatementSet> => ({
  code: town.code,
  town: town.names,
  who: { ja: handle, en: handle },
  periodName: periodName({ fiscalYear: year }),
  period: periodOfFiscalYear(year),
  state: isYearClosed(deps, year) ? { ja: '年度の記録', en: 'Year complete' } : { ja: '速報・未監査', en: 'Provisional' },
  knownAt: answer.statement.knownAt,
  isSample: await isSample(deps),
  parts: [partOf(answer)],
  yen: false,
  worksheets: [],
  notes: notesOfPerson(answer, attested),
  proof: { url: `${deps.url}${path}/${year}`, uri: answer.proof.record?.uri ?? null },
})
