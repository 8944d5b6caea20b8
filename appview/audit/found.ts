// What an audit of an appview has found so far. The same problem is told in full up to a number of places, then counted.

import type { AuditProblem, AuditReport } from '../../server/audit-report.ts'

/** One wrong byte early on can spoil every later leaf. */
const MOST_PLACES = 100

export class Found {
  readonly #checked: Record<string, number>
  readonly #problems: AuditProblem[] = []
  readonly #places = new Map<string, number>()

  constructor(...kinds: readonly string[]) {
    this.#checked = Object.fromEntries(kinds.map((kind) => [kind, 0]))
  }

  count(kind: string, by = 1): void {
    this.#checked[kind] = (this.#checked[kind] ?? 0) + by
  }

  say(where: string, what: string): void {
    const places = (this.#places.get(what) ?? 0) + 1
    this.#places.set(what, places)
    if (places <= MOST_PLACES) this.#problems.push({ where, what })
  }

  /** Something stored that cannot even be read is a problem like any other, not the end of the audit. */
  async orSay(where: string, audit: () => Promise<void> | void): Promise<void> {
    try {
      await audit()
    } catch (error) {
      this.say(where, error instanceof Error ? error.message : String(error))
    }
  }

  report(): AuditReport {
    const rest = [...this.#places].filter(([, places]) => places > MOST_PLACES)
    const untold = rest.map(([what, places]) => ({ where: `${places - MOST_PLACES} places more`, what }))
    return { checked: this.#checked, problems: [...this.#problems, ...untold] }
  }
}
