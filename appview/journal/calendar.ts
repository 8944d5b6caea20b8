// Civil dates of the municipality's zone (Asia/Tokyo: always UTC+9) and the fiscal year. Dates are YYYY-MM-DD, instants ISO UTC with milliseconds;
// both compare as text.

const DAY_MS = 86_400_000
const ZONE_MS = 9 * 3_600_000
const DATE_LENGTH = 10
const DATE = /^\d{4}-\d{2}-\d{2}$/
const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/
const FIRST_MONTH_OF_FISCAL_YEAR = 4

export type Period = { readonly fiscalYear?: number; readonly from: string; readonly through: string }

// Rows come many to a day: the answer for the same text as last time is kept.
const rememberLast = <Answer>(compute: (text: string) => Answer): ((text: string) => Answer) => {
  let last: { readonly text: string; readonly answer: Answer } | undefined
  return (text) => {
    if (last?.text !== text) last = { text, answer: compute(text) }
    return last.answer
  }
}

/** The civil day in which an instant falls. */
export const dayOf = rememberLast((instant) => new Date(Date.parse(instant) + ZONE_MS).toISOString().slice(0, DATE_LENGTH))

/** 00:00 of a civil day, as an instant. */
export const midnightOf = rememberLast((date) => new Date(Date.parse(date) - ZONE_MS).toISOString())

/** Whether the text is a date that exists: 2026-02-30 does not. */
export const isCivilDate = rememberLast((text) => {
  if (!DATE.test(text)) return false
  const ms = Date.parse(text)
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text)
})

/** By how many days, the date asked for last. */
const shifted = new Map<number, { readonly date: string; readonly answer: string }>()
const MAX_SHIFTS = 1_000

export const addDays = (date: string, days: number): string => {
  const last = shifted.get(days)
  if (last?.date === date) return last.answer
  const answer = new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, DATE_LENGTH)
  if (shifted.size >= MAX_SHIFTS) shifted.clear()
  shifted.set(days, { date, answer })
  return answer
}

/** The fiscal year (1 April to 31 March) of a civil date, by its first calendar year. */
export const fiscalYearOf = (date: string): number =>
  Number(date.slice(0, 4)) - (Number(date.slice(5, 7)) < FIRST_MONTH_OF_FISCAL_YEAR ? 1 : 0)

/** From this instant on nothing is effective in that fiscal year any more: 1 June 00:00 after its end (出納整理期間). */
export const cutOffOf = (fiscalYear: number): string => `${fiscalYear + 1}-05-31T15:00:00.000Z`

/** Whether the fiscal year of a date is closed for what is recorded at an instant. */
export const isClosed = (date: string, recordedAt: string): boolean => recordedAt >= cutOffOfDate(date)

const cutOffOfDate = rememberLast((date) => cutOffOf(fiscalYearOf(date)))

/** The first day of the oldest fiscal year that is open at an instant. */
export const firstOpenDay = (recordedAt: string): string => {
  const day = dayOf(recordedAt)
  const year = Number(day.slice(0, 4))
  return day.slice(5) >= '06-01' ? `${year}-04-01` : `${year - 1}-04-01`
}

export const periodOfFiscalYear = (fiscalYear: number): Period => ({
  fiscalYear,
  from: `${fiscalYear}-04-01`,
  through: `${fiscalYear + 1}-03-31`,
})

/** A calendar month 'YYYY-MM'. */
export const periodOfMonth = (month: string): Period => {
  const [year = 0, number = 0] = month.split('-').map(Number)
  const next = number === 12 ? `${year + 1}-01-01` : `${year}-${String(number + 1).padStart(2, '0')}-01`
  return { from: `${month}-01`, through: addDays(next, -1) }
}

export const isMonth = (text: string): boolean => MONTH.test(text)
export const later = (a: string, b: string): string => (a > b ? a : b)
