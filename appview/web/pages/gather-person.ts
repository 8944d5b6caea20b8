// The statement of a person or an organisation that chose to show it. Nobody else is told from nobody at all.

import { isHandle, parseHandle } from '../../../atproto/handle.ts'
import { ANYONE } from '../../auth/caller.ts'
import { notFound } from '../../auth/access.ts'
import { attestedBy } from '../../queries/attested.ts'
import type { Attested } from '../../queries/attested.ts'
import type { StatementAnswer } from '../../queries/statement.ts'
import { layoutOf } from '../../statements/layout.ts'
import { attestedNote, exchangeNotes } from './below-the-line.ts'
import type { PagesDeps } from './deps.ts'
import { isWhole } from './gather-town.ts'
import type { Shell, Town } from './layout.ts'
import { dateText, fiscalYearText, instantText } from './parts/date.ts'
import { numText } from './parts/figure.ts'
import { residenceOf } from './residence.ts'
import { sheetOf } from './sheets.ts'
import { townOf } from './shells.ts'
import type { NoteView, StatementView } from './statement.ts'
import { calendarOf, isYearClosed } from './years.ts'

export type ShownPerson = {
  readonly handle: string
  readonly path: string
  readonly town: Town
  readonly year: number
  readonly answer: StatementAnswer
  /** Of an organisation: what it attested for others; null where that is not told. */
  readonly attested?: Attested | null
}

/** Whose handle this is; null when nobody answers for it, or its owner names another. */
const didOf = async ({ resolveHandle, identities }: PagesDeps, text: string): Promise<string | null> => {
  if (!isHandle(text)) return null
  const handle = parseHandle(text)
  try {
    const did = await resolveHandle(handle)
    return (await identities.get(did)).handle === handle ? did : null
  } catch {
    return null
  }
}

/** `period` empty: the year their town shows. Throws NotFound for everybody who did not choose to be seen. */
export const answerOfPerson = async (deps: PagesDeps, kind: 'P' | 'O', handle: string, period: string): Promise<ShownPerson> => {
  const did = await didOf(deps, handle)
  const home = did === null ? null : await residenceOf(deps, did)
  if (did === null || home === null || home.kind !== kind || (period !== '' && !/^\d{4}$/.test(period))) throw notFound()
  const calendar = await calendarOf(deps, home.code)
  const year = period === '' ? calendar.shown : Number(period)
  if (!calendar.years.includes(year)) throw notFound()
  const answer = await deps.queries.statementFor(ANYONE, { scope: home.code, entity: did, fiscalYear: year })
  const more = await attestedIn(deps, kind, did, answer)
  return { handle, path: `/${kind.toLowerCase()}/${handle}`, town: await townOf(deps, home.code), year, answer, ...more }
}

/** Of an organisation, with what it attested for others. */
export const attestedIn = async (
  { books }: PagesDeps,
  kind: 'P' | 'O' | 'M',
  did: string,
  { statement: { period, knownAt } }: StatementAnswer,
): Promise<Pick<ShownPerson, 'attested'>> => (kind === 'O' ? { attested: await attestedBy(books, did, period, knownAt) } : {})

const NOT_MORE = {
  ja: '差額は、多いほど良いというものではありません。していただくことも、支え合いの一部です。',
  en: 'More is not better here: receiving is part of mutual aid too.',
}

/** What is to be known about the figures of one person, or of an organisation with what it attested. */
export const notesOfPerson = (answer: StatementAnswer, attested?: Attested | null): NoteView[] => {
  const { statement } = answer
  const { knownAt } = statement
  const unconfirmed = isWhole(statement) ? (statement.notes['unconfirmedMinutes'] ?? 0) : 0
  return [
    ...exchangeNotes(answer),
    ...(attested === undefined ? [] : [attestedNote(attested)]),
    {
      title: { ja: 'いつまでの記録か', en: 'Known at' },
      text: {
        ja: `${instantText('ja', knownAt.instant)}までに記録簿 ${knownAt.origin} に入ったもの（葉${numText(knownAt.leaf)}まで）。`,
        en: `What stood in the log ${knownAt.origin} by ${instantText('en', knownAt.instant)} (up to leaf ${numText(knownAt.leaf)}).`,
      },
    },
    {
      title: { ja: '未確認の提供', en: 'Not confirmed yet' },
      text: { ja: `${numText(unconfirmed)}分。表には含めていません。`, en: `${numText(unconfirmed)} minutes, not included.` },
    },
    {
      title: { ja: '法的な意味', en: 'What it is not' },
      text: { ja: '分は、法的な債権・債務ではありません。', en: 'Minutes are no legal claims or debts.' },
    },
  ]
}

export const gatherPerson = (deps: PagesDeps, _shell: Shell, { handle, path, year, answer, attested }: ShownPerson): StatementView => {
  const { statement, proof } = answer
  const { knownAt, period } = statement
  const sheets = isWhole(statement) ? layoutOf(statement, { yen: false }).filter(({ id }) => id !== 'net-assets') : []
  return {
    who: { ja: handle, en: handle },
    period: {
      ja: `${fiscalYearText('ja', year)}（${dateText('ja', period.from)}〜${dateText('ja', period.through)}）`,
      en: `${fiscalYearText('en', year)} (${dateText('en', period.from)} – ${dateText('en', period.through)})`,
    },
    version: null,
    closed: isYearClosed(deps, year),
    knownAt,
    lead: { ja: '本人が公開を選んだ決算書です。', en: 'Shown because its owner chose so.' },
    hidden: !isWhole(statement),
    sheets: sheets.map((one) => sheetOf(one, { period, tail: one.id === 'activities' ? NOT_MORE : null })),
    notes: notesOfPerson(answer, attested),
    files: [{ label: { ja: handle, en: handle }, hash: proof.hash, path: `${path}/${year}.json` }],
    exportPath: `${path}/${year}`,
    crumbs: [],
  }
}
