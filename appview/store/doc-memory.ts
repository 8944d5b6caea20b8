// Documents in memory, by kind and id. Those asked for of late stand as values; before they go altogether they stand as text for a while, which takes less
// room. What was changed meanwhile is given away when it goes. All is looked over only once in a while, when so much has been asked for.

import type { Doc } from '../journal/model.ts'
import { docOfText, textOfDoc } from './doc-text.ts'
import { asksOf } from './sqlite-asks.ts'
import type { Ask } from './rebuild-messages.ts'

/** In characters of their text: what may be asked for until the next look, and what stands as text. */
export type DocRoom = { readonly values: number; readonly texts: number }

export type Leaving = { readonly key: string; readonly text: string | null; readonly asks: readonly Ask[] }

/** `doc` is undefined where it stands as text, `text` where the document has changed since; `turn`: when it was asked for last. */
type Kept = { doc: Doc | null | undefined; text: string | undefined; isChanged: boolean; asks: readonly Ask[]; turn: number; size: number }

/** What a document is taken for whose text nobody has seen, and what a change is thought to add to it. */
const USUAL_SIZE = 500
const USUAL_GROWTH = 30
/** What a document takes beside its text: its key, and that it is here. */
const OWN_SIZE = 100
/** What is left of the texts when there are too many. */
const LEFT = 0.75

export type DocMemory = {
  /** Undefined: not here. */
  readonly get: (kind: string, id: string) => Doc | null | undefined
  /** As it is in the file; its text, or at least how long that is. */
  readonly keep: (kind: string, id: string, doc: Doc | null, text: string | undefined, size?: number) => void
  /** As it is to be given away; one that is settled at once. */
  readonly change: (kind: string, id: string, doc: Doc | null) => void
  /** Here no longer, and given to nobody. */
  readonly drop: (kind: string, id: string) => void
  /** Gives away one after another all that has changed. */
  readonly changed: () => Iterable<Leaving>
  readonly clear: () => void
}

const NOBODY: readonly Ask[] = []

/** An act that waits for nobody any more: it is seldom asked for again. */
export const isSettled = (doc: Doc | null): doc is Doc => doc?.kind === 'action' && doc.state !== 'open'

/** `leave` takes what has changed and goes; a null is told only to it. */
export const createDocMemory = (room: () => DocRoom, leave: (leaving: Leaving) => void): DocMemory => {
  const kinds = new Map<string, Map<string, Kept>>()
  /** Characters of what was asked for in this turn, and of what stands as text. */
  let [turn, asked, texts] = [0, 0, 0]
  const touch = (one: Kept): void => {
    if (one.turn === turn) return
    if (one.doc === undefined) texts -= one.size
    one.turn = turn
    asked += one.size
  }
  const lookOver = (): void => {
    turn += 1
    asked = 0
    for (const [kind, ofKind] of kinds)
      for (const [id, one] of ofKind)
        if (one.doc === null && one.turn < turn - 1) {
          ofKind.delete(id)
          if (one.isChanged) leave(leavingOf(kind, id, one))
        } else if (one.doc !== undefined && one.turn < turn - 1) texts += asText(one, leavingOf(kind, id, one))
    if (texts > room().texts) texts -= letGo(kinds, texts - room().texts * LEFT, leave)
  }
  const put = (kind: string, id: string, doc: Doc | null, text: string | undefined, isChanged: boolean, told = text?.length): void => {
    const ofKind = kinds.get(kind) ?? new Map<string, Kept>()
    kinds.set(kind, ofKind)
    const known = ofKind.get(id)
    if (known === undefined) {
      const size = told ?? USUAL_SIZE
      ofKind.set(id, { doc, text, isChanged, asks: NOBODY, turn, size })
      asked += size
    } else {
      touch(known)
      known.doc = doc
      known.text = text
      known.isChanged = isChanged
      known.size = told ?? known.size + USUAL_GROWTH
    }
    if (asked > room().values) lookOver()
  }
  const drop = (kind: string, id: string): void => {
    const known = kinds.get(kind)?.get(id)
    if (known !== undefined && known.doc === undefined) texts -= known.size
    kinds.get(kind)?.delete(id)
  }
  return {
    get: (kind, id) => {
      const one = kinds.get(kind)?.get(id)
      if (one === undefined || one.turn === turn) return one?.doc
      touch(one)
      if (one.doc === undefined) one.doc = docOfText(kind, id, one.text ?? '')
      if (asked > room().values) lookOver()
      return one.doc
    },
    keep: (kind, id, doc, text, size) => put(kind, id, doc, text, false, size),
    change: (kind, id, doc) => {
      if (!isSettled(doc)) return put(kind, id, doc, undefined, true)
      drop(kind, id)
      leave({ key: `${kind}:${id}`, text: textOfDoc(id, doc), asks: NOBODY })
    },
    drop,
    changed: () => changedIn(kinds),
    clear: () => {
      kinds.clear()
      texts = 0
      asked = 0
    },
  }
}

function* changedIn(kinds: ReadonlyMap<string, ReadonlyMap<string, Kept>>): Generator<Leaving> {
  for (const [kind, ofKind] of kinds)
    for (const [id, one] of ofKind) {
      if (!one.isChanged) continue
      one.isChanged = false
      yield leavingOf(kind, id, one)
    }
}

/** Gives what it takes then. */
const asText = (one: Kept, { text, asks }: Leaving): number => {
  one.text = text ?? ''
  one.asks = asks
  one.doc = undefined
  one.size = OWN_SIZE + one.text.length
  return one.size
}

/** So much of the texts, the oldest of them; gives how much it was. */
const letGo = (kinds: ReadonlyMap<string, Map<string, Kept>>, much: number, leave: (leaving: Leaving) => void): number => {
  const last = lastToGo(kinds, much)
  let gone = 0
  for (const [kind, ofKind] of kinds)
    for (const [id, one] of ofKind) {
      if (one.doc !== undefined || one.turn > last) continue
      ofKind.delete(id)
      gone += one.size
      if (one.isChanged) leave(leavingOf(kind, id, one))
    }
  return gone
}

/** The turn through which texts are to go, so that so much of them goes. */
const lastToGo = (kinds: ReadonlyMap<string, ReadonlyMap<string, Kept>>, much: number): number => {
  const sizes = new Map<number, number>()
  for (const ofKind of kinds.values())
    for (const { doc, turn, size } of ofKind.values()) if (doc === undefined) sizes.set(turn, (sizes.get(turn) ?? 0) + size)
  let gone = 0
  for (const turn of [...sizes.keys()].toSorted((a, b) => a - b)) {
    gone += sizes.get(turn) ?? 0
    if (gone >= much) return turn
  }
  return Number.POSITIVE_INFINITY
}

const leavingOf = (kind: string, id: string, { doc, text, asks }: Kept): Leaving => {
  const key = `${kind}:${id}`
  if (doc === undefined) return { key, text: text ?? null, asks }
  return doc === null ? { key, text: null, asks: NOBODY } : { key, text: text ?? textOfDoc(id, doc), asks: asksOf(key, doc) }
}
