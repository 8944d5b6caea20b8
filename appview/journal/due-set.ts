// Due entries as a batch gathers them: by instant, of which there are few, then by uri. A record falls due in one way only, so that the kind need not be looked at.

import type { Due } from './model.ts'

export class DueSet {
  readonly #byInstant = new Map<string, Map<string, Due>>()
  #size = 0

  get size(): number {
    return this.#size
  }

  add(due: Due): void {
    const known = this.#byInstant.get(due.at)
    if (known === undefined) this.#byInstant.set(due.at, new Map([[due.uri, due]]))
    else if (known.has(due.uri)) return
    else known.set(due.uri, due)
    this.#size += 1
  }

  /** False where it was not among them. */
  delete(due: Due): boolean {
    if (this.#byInstant.get(due.at)?.delete(due.uri) !== true) return false
    this.#size -= 1
    return true
  }

  all(): readonly Due[] {
    return [...this.#byInstant.values()].flatMap((dues) => [...dues.values()])
  }
}
