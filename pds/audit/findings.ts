// What an audit has counted and found so far.

import type { AuditProblem, AuditReport } from '../../server/audit-report.ts'

/** Beyond these a folder is known to be broken; the rest is counted only. */
const PROBLEMS_MAX = 1_000

export class Findings {
  readonly #checked: Record<string, number> = {}
  readonly #problems: AuditProblem[] = []

  count(kind: string, times = 1): void {
    this.#checked[kind] = (this.#checked[kind] ?? 0) + times
  }

  /** Counts one check, and a problem where it does not hold. */
  check(kind: string, holds: boolean, where: string, what: string): boolean {
    this.count(kind)
    if (!holds) this.problem(where, what)
    return holds
  }

  problem(where: string, what: string): void {
    if (this.#problems.length < PROBLEMS_MAX) this.#problems.push({ where, what })
    else this.count('problems beyond the list')
  }

  report(): AuditReport {
    return { checked: this.#checked, problems: this.#problems }
  }
}
