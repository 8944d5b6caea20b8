// What time it is for a server: its settable clock's where it has one, else this machine's.

import { systemClock } from '../../server/clock.ts'

const JST_OFFSET_MS = 9 * 3_600_000
const DATE_LENGTH = 10

export type CivilNow = { readonly instant: string; readonly date: string }

export const civilAt = (ms: number): CivilNow => ({
  instant: new Date(ms).toISOString(),
  date: new Date(ms + JST_OFFSET_MS).toISOString().slice(0, DATE_LENGTH),
})

/** Instant (UTC) and civil date (Asia/Tokyo) as the server at `url` has them. */
export const civilNow = async (url: string): Promise<CivilNow> => {
  const response = await fetch(`${url}/_clock`).catch(() => undefined)
  const body: unknown = response?.ok === true ? await response.json() : undefined
  const now = typeof body === 'object' && body !== null && 'now' in body ? body.now : undefined
  return civilAt(typeof now === 'string' ? Date.parse(now) : systemClock().civilMs())
}

/** 1 April of the fiscal year a date lies in. */
export const startOfFiscalYear = (date: string): string =>
  `${date.slice(5) < '04-01' ? Number(date.slice(0, 4)) - 1 : date.slice(0, 4)}-04-01`
