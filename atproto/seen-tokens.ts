// Which service tokens were used: each is good once, across a restart too. What was used is remembered in memory, so what was issued before this process
// looked is not taken: its bearer may have used it already, and gets a new one for the asking.

/** When full, what expires soonest is forgotten first: it is the least worth replaying. */
export const createSeenTokens = (nowMs: () => number, kept: number) => {
  const sinceMs = nowMs()
  const used = new UsedTokens()
  return {
    /** `issuedMs` is a whole second: the one in which this process began counts as after it. */
    seen(jti: string, expMs: number, issuedMs: number): boolean {
      if (issuedMs + 1000 <= sinceMs || used.has(jti)) return true
      used.add(jti, expMs)
      if (used.size > kept) used.forgetExpired(nowMs())
      while (used.size > kept) used.forgetSoonest()
      return false
    },
  }
}

/** By the second in which they expire: those are few, an hour's at the most, so that whoever fills the memory makes no call dear. */
class UsedTokens {
  readonly #all = new Set<string>()
  readonly #byEnd = new Map<number, Set<string>>()

  get size(): number {
    return this.#all.size
  }

  has(jti: string): boolean {
    return this.#all.has(jti)
  }

  add(jti: string, expMs: number): void {
    this.#all.add(jti)
    const together = this.#byEnd.get(expMs) ?? new Set()
    this.#byEnd.set(expMs, together.add(jti))
  }

  forgetExpired(nowMs: number): void {
    for (const [expMs, jtis] of this.#byEnd) {
      if (expMs > nowMs) continue
      for (const jti of jtis) this.#all.delete(jti)
      this.#byEnd.delete(expMs)
    }
  }

  forgetSoonest(): void {
    const soonest = Math.min(...this.#byEnd.keys())
    const jtis = this.#byEnd.get(soonest) ?? new Set()
    for (const jti of jtis) {
      this.#all.delete(jti)
      jtis.delete(jti)
      break
    }
    if (jtis.size === 0) this.#byEnd.delete(soonest)
  }
}
