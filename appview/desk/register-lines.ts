// Lines of a register's CSV → residents, each judged alone and against its neighbours. The first thing wrong with a line is told.

import { isWellFormedDid } from '../../atproto/did.ts'
import { isCivilDate } from '../journal/calendar.ts'
import type { Resident } from '../store/desk.ts'
import { readCsv, type CsvLine } from './csv.ts'
import { reason, type Outcome, type Reason } from './outcome.ts'
import type { DeskRefusal } from './refusals.ts'

const NEEDED = ['id', 'name', 'from'] as const
export const REGISTER_COLUMNS = ['id', 'name', 'did', 'from', 'until', 'household', 'protected'] as const
type Column = (typeof REGISTER_COLUMNS)[number]
/** What columns are called in Japanese tables. */
const IN_JAPANESE: ReadonlyMap<string, Column> = new Map([
  ['番号', 'id'],
  ['名前', 'name'],
  ['氏名', 'name'],
  ['アカウント', 'did'],
  ['から', 'from'],
  ['開始日', 'from'],
  ['まで', 'until'],
  ['終了日', 'until'],
  ['世帯', 'household'],
  ['支援措置', 'protected'],
])

const ID = /^[\p{L}\p{N}._-]{1,64}$/u
const MAX_NAME = 128
const MAX_HOUSEHOLD = 64

export type RegisterLine = { readonly line: number; readonly resident: Resident }
export type RegisterLines = { readonly count: number; readonly good: readonly RegisterLine[]; readonly refused: readonly Reason[] }

/** In the order of the file; refusals too. */
export const parseRegister = (csv: string): Outcome<RegisterLines> => {
  const read = readCsv<Column>(csv, { needed: NEEDED, known: REGISTER_COLUMNS, also: IN_JAPANESE })
  if (!read.ok) return read
  const lines = read.value.lines.map(({ line, cells }) => ({
    line,
    cells: { ...cells, from: dayIn(cells.from), until: dayIn(cells.until) },
  }))
  const good: RegisterLine[] = []
  const bad: Reason[] = [...read.value.refused]
  const ids = countsOf(lines.map(({ cells }) => cells.id))
  const dids = countsOf(lines.map(({ cells }) => cells.did))
  for (const line of lines) {
    const wrong = faultOf(line, ids, dids)
    if (wrong === undefined) good.push({ line: line.line, resident: residentOf(line) })
    else bad.push(reason(wrong.code, line.line, wrong.about))
  }
  return { ok: true, value: { count: lines.length + read.value.refused.length, good, refused: inOrder(bad) } }
}

const AS_TYPED = /^(?:(\d{4})|(令和|平成|R|H)(元|\d{1,2}))[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/u
const IN_ONE = /^(\d{4})(\d{2})(\d{2})$/u
/** The year before the first of an era. */
const ERAS: Readonly<Record<string, number>> = { 令和: 2018, R: 2018, 平成: 1988, H: 1988 }
const DIGITS = 2

/** 2026/4/1, 20260401, 令和8年4月1日 or R8.4.1, as spreadsheets and city systems have days, is 2026-04-01. Anything else stays as it is, to be refused. */
const dayIn = (text: string): string => {
  const typed = text.normalize('NFKC').replace(IN_ONE, '$1-$2-$3')
  const [, christian, era = '', nth, month = '', day = ''] = AS_TYPED.exec(typed) ?? []
  const year = christian ?? (nth === undefined ? undefined : String((ERAS[era] ?? 0) + (nth === '元' ? 1 : Number(nth))))
  return year === undefined ? text : `${year}-${month.padStart(DIGITS, '0')}-${day.padStart(DIGITS, '0')}`
}

export const inOrder = (reasons: readonly Reason[]): readonly Reason[] => reasons.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0))

type Fault = { readonly code: DeskRefusal; readonly about: string }

const faultOf = ({ cells }: CsvLine<Column>, ids: ReadonlyMap<string, number>, dids: ReadonlyMap<string, number>): Fault | undefined => {
  const { id, name, did, from, until, household } = cells
  if (id === '') return { code: 'register.id-missing', about: '' }
  if (!ID.test(id) || household.length > MAX_HOUSEHOLD) return { code: 'register.id-invalid', about: id }
  if ((ids.get(id) ?? 0) > 1) return { code: 'register.id-repeated', about: id }
  if (name === '' || name.length > MAX_NAME) return { code: 'register.name-missing', about: id }
  if (did !== '' && !isWellFormedDid(did)) return { code: 'register.did-invalid', about: did }
  if (did !== '' && (dids.get(did) ?? 0) > 1) return { code: 'register.did-repeated', about: did }
  if (!isCivilDate(from) || (until !== '' && (!isCivilDate(until) || until < from)))
    return { code: 'register.date-impossible', about: isCivilDate(from) ? until : from }
  if (!['', '0', '1'].includes(cells.protected)) return { code: 'register.flag-unreadable', about: cells.protected }
  return undefined
}

const residentOf = ({ cells: { id, name, did, from, until, household, protected: flag } }: CsvLine<Column>): Resident => ({
  id,
  name,
  did: did === '' ? null : did,
  from,
  until: until === '' ? null : until,
  household: household === '' ? null : household,
  isProtected: flag === '1',
})

const countsOf = (texts: readonly string[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
  return counts
}
