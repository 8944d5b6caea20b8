// What was added up for periods that were asked for, kept while there is room: those asked for last.

export const MAX_PERIODS = 64
/** In all of them. */
const MAX_KEPT = 400_000

/** Keeps what `size` says the size of, and drops what was asked for longest ago. */
export const keepPeriod = <K>(periods: Map<string, K>, name: string, kept: K, size: (kept: K) => number): void => {
  periods.delete(name)
  periods.set(name, kept)
  let all = 0
  for (const one of periods.values()) all += size(one)
  for (const [oldest, one] of periods) {
    if (periods.size <= MAX_PERIODS && all <= MAX_KEPT) return
    periods.delete(oldest)
    all -= size(one)
  }
}
