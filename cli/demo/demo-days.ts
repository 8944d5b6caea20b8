// Which days the demo shows: the fiscal year so far, and last year's too while this one is young.

const DAY_MS = 86_400_000
const JST_OFFSET_MS = 9 * 3_600_000
const DATE_LENGTH = 10
const YOUNG_UNTIL = '10-01'
const YEAR_BEGINS = '04-01'

export type DemoDay = { readonly date: string; /** 00:00 in Asia/Tokyo, epoch milliseconds. */ readonly startMs: number }

/** From the first of April that lies at least six months back, to yesterday. */
export const demoDays = (nowMs: number): readonly DemoDay[] => {
  const today = new Date(nowMs + JST_OFFSET_MS).toISOString().slice(0, DATE_LENGTH)
  const monthDay = today.slice('YYYY-'.length)
  const calendarYear = Number(today.slice(0, 'YYYY'.length))
  const fiscalYear = monthDay < YEAR_BEGINS ? calendarYear - 1 : calendarYear
  const young = monthDay >= YEAR_BEGINS && monthDay < YOUNG_UNTIL
  const days: DemoDay[] = []
  for (let at = Date.parse(`${young ? fiscalYear - 1 : fiscalYear}-${YEAR_BEGINS}`); ; at += DAY_MS) {
    const date = new Date(at).toISOString().slice(0, DATE_LENGTH)
    if (date >= today) return days
    days.push({ date, startMs: at - JST_OFFSET_MS })
  }
}

const MORNING_MS = 7 * 3_600_000

/** The instant at which the demo opens: seven in the morning of its first day, ISO. */
export const demoOpening = (nowMs: number): string => new Date((demoDays(nowMs)[0]?.startMs ?? nowMs) + MORNING_MS).toISOString()
