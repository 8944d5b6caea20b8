// Which service tokens were used: each is good once, across a restart too. What was used is remembered in memory, so what was issued before this process
// looked is not taken: its bearer may have used it already, and gets a new one for the asking.

/** When full, what expires soonest is forgotten first: it is the least worth replaying. */
export const createSeenTokens = (nowMs: () => number, kept: number) => {
  const sinceMs = nowMs()
  const used = new Map<string, number>()
  return {
    /** `issuedMs` is a whole second: the one in which this process began counts as after it. */
    seen(jti: string, expMs: number, issuedMs: number): boolean {
      if (issuedMs + 1000 <= sinceMs || used.has(jti)) return true
      used.set(jti, expMs)
      if (used.size > kept) forgetExpired(used, nowMs(), kept)
      return false
    },
  }
}

const forgetExpired = (used: Map<string, number>, nowMs: number, kept: number): void => {
  for (const [jti, expMs] of used) if (expMs <= nowMs) used.delete(jti)
  const surplus = [...used].toSorted((a, b) => a[1] - b[1]).slice(0, Math.max(0, used.size - kept))
  for (const [jti] of surplus) used.delete(jti)
}
