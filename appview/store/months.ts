// Months and days as the buckets key them: integers yyyymm and yyyymmdd. Instants fall into civil months of Asia/Tokyo (UTC+9, no summer time).

const TOKYO_MS = 9 * 3_600_000

/** '2026-05-10' → 20260510. */
export const dayNumber = (date: string): number =>
  Number(date.slice(0, 4)) * 10_000 + Number(date.slice(5, 7)) * 100 + Number(date.slice(8, 10))

export const dateOfDay = (day: number): string => {
  const text = String(day).padStart(8, '0')
  return `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6, 8)}`
}

export const monthOfDay = (day: number): number => Math.floor(day / 100)

/** Civil month in Tokyo of an ISO instant. */
export const recordedMonth = (instant: string): number => {
  const civil = new Date(Date.parse(instant) + TOKYO_MS)
  return civil.getUTCFullYear() * 100 + civil.getUTCMonth() + 1
}

export const monthBefore = (month: number): number => (month % 100 === 1 ? month - 89 : month - 1)

/** The first instant (ISO) of the civil month after `month`. */
export const endOfMonth = (month: number): string => new Date(Date.UTC(Math.floor(month / 100), month % 100, 1) - TOKYO_MS).toISOString()

export const isFirstOfMonth = (day: number): boolean => day % 100 === 1

export const isLastOfMonth = (day: number): boolean =>
  new Date(Date.UTC(Math.floor(day / 10_000), (Math.floor(day / 100) % 100) - 1, (day % 100) + 1)).getUTCDate() === 1
