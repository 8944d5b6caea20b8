// Who exchanges anything with whom, among municipalities or among prefectures, and whose worksheets can stand beside each other.

import { isEnoughPeople, type PassageKind } from './passages.ts'
import type { Routes } from './routes.ts'

export class Exchange {
  readonly #routes: Routes
  readonly #kind: PassageKind
  readonly #members: ReadonlyMap<string, readonly string[]>
  readonly #partners: ReadonlyMap<string, Set<string>>

  /** `members`: the municipalities of each. */
  constructor(routes: Routes, kind: PassageKind, members: ReadonlyMap<string, readonly string[]>) {
    this.#routes = routes
    this.#kind = kind
    this.#members = members
    this.#partners = new Map([...members.keys()].map((node) => [node, new Set<string>()]))
    const home = new Map([...members].flatMap(([node, codes]) => codes.map((code) => [code, node] as const)))
    for (const node of members.keys())
      for (const { receiverScope } of this.#out(node)) {
        const other = home.get(receiverScope)
        if (other === undefined) continue
        this.#partners.get(node)?.add(other)
        this.#partners.get(other)?.add(node)
      }
  }

  partnersOf(node: string): ReadonlySet<string> {
    return this.#partners.get(node) ?? new Set()
  }

  /** The other of two that exchange with nobody else. */
  onlyPartnerOf(node: string): string | undefined {
    const [other, ...more] = this.partnersOf(node)
    return other !== undefined && more.length === 0 && this.partnersOf(other).size === 1 ? other : undefined
  }

  /**
   * Of those that may: whoever exchanges nothing; and where enough people gave out of it and enough gave into it. Only one way is enough where but two
   * exchange anything at all. Of two that exchange with nobody else both or neither. While any that exchange are hidden, here or by what is `isHiding`,
   * nobody is shown to exchange nothing: who is known to stand aside narrows down what the hidden ones did.
   */
  standing(may: (node: string) => boolean, isHiding = false): ReadonlySet<string> {
    const active = [...this.#members.keys()].filter((node) => this.partnersOf(node).size > 0)
    const isStanding = (node: string): boolean => {
      if (!may(node)) return false
      if (this.partnersOf(node).size === 0) return true
      const [out, into] = [this.#out(node), this.#into(node)]
      const isOneWay = (out.length === 0) !== (into.length === 0)
      return isEnoughPeople(out) && isEnoughPeople(into) && (!isOneWay || active.length === 2)
    }
    const first = new Set([...this.#members.keys()].filter(isStanding))
    const found = new Set([...first].filter((node) => first.has(this.onlyPartnerOf(node) ?? node)))
    if (!isHiding && !this.isHidingBeside(found)) return found
    const busy = [...this.#members.keys()].filter((node) => !this.#isIdle(node))
    return new Set([...found].filter((node) => this.partnersOf(node).size > 0 || this.#isIdle(node) || busy.length === 1))
  }

  /** Whether any that exchange are not among these. */
  isHidingBeside(shown: ReadonlySet<string>): boolean {
    return [...this.#members.keys()].some((node) => this.partnersOf(node).size > 0 && !shown.has(node))
  }

  /** Whether nothing was given or received in it. */
  #isIdle(node: string): boolean {
    const members = this.#members.get(node) ?? []
    return this.partnersOf(node).size === 0 && this.#routes.between(this.#kind, members, members).length === 0
  }

  #out(node: string) {
    return this.#routes.between(this.#kind, this.#members.get(node) ?? [], null)
  }

  #into(node: string) {
    return this.#routes.between(this.#kind, null, this.#members.get(node) ?? [])
  }
}
