// Due entries as a batch gathers them: by instant, of which there are few, then by uri. A record falls due in one way only, so that the kind need not be looked at.

import type { Due } from './model.ts'

export class DueSet {
  readonly #byInstant = new Map<string, Map<string, Due>>()

  get isEmpty(): boolean {
    return this.#byInstant.size === 0
  }

  add(due: Due): void {
    const known = this.#byInstant.get(due.at)
    if (known === undefined) this.#byInstant.set(due.at, new Map([[due.uri, due]]))
    else known.set(due.uri, due)
  }

  /** False where it was not among them. */
  delete(due: Due): boolean {
    const known = this.#byInstant.get(due.at)
    if (known?.delete(due.uri) !== true) return false
    if (known.size === 0) this.#byInstant.delete(due.at)
    return true
  }

  all(): readonly Due[] {
    return [...this.#byInstant.values()].flatMap((dues) => [...dues.values()])
  }
}
