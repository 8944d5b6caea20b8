// Passages by where they come from and go to, and whether enough people stand behind what goes any way.

import { isEnoughPeople, isOfKind, type Passage, type PassageKind } from './passages.ts'

export class Routes {
  readonly #routes = new Map<string, Map<string, Passage[]>>()

  constructor(passages: readonly Passage[]) {
    for (const passage of passages) {
      const from = this.#routes.get(passage.giverScope) ?? new Map<string, Passage[]>()
      this.#routes.set(passage.giverScope, from)
      const both = from.get(passage.receiverScope)
      if (both === undefined) from.set(passage.receiverScope, [passage])
      else both.push(passage)
    }
  }

  /** From any of these scopes to any of those; null: all but the ones on the other side. */
  between(kind: PassageKind, givers: readonly string[] | null, receivers: readonly string[] | null): readonly Passage[] {
    const isWanted = isOfKind[kind]
    const found: Passage[] = []
    for (const [giver, to] of this.#routes) {
      if (givers === null ? receivers?.includes(giver) : !givers.includes(giver)) continue
      for (const [receiver, passages] of to) {
        if (receivers === null ? givers?.includes(receiver) : !receivers.includes(receiver)) continue
        for (const passage of passages) if (isWanted(passage)) found.push(passage)
      }
    }
    return found
  }

  isEnough(kind: PassageKind, givers: readonly string[] | null, receivers: readonly string[] | null): boolean {
    return isEnoughPeople(this.between(kind, givers, receivers))
  }
}
