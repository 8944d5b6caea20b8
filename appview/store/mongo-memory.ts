// What the writer remembers of what is folded, so that it need not read what it wrote: documents, sums, who has postings where. It holds for one commit
// of one fold; the writer's own next commit takes it along, anybody else's ends it.

import type { Doc } from '../journal/model.ts'

type Remembered<V> = { readonly get: (key: string) => V | undefined; readonly set: (key: string, value: V) => void }
export type FoldMemory = {
  /** Null: there is none. */
  readonly docs: Remembered<Doc | null>
  readonly sums: Remembered<Uint8Array>
  readonly homes: Remembered<true>
}

/** What a transaction writes, to be remembered once it is stored. */
export type Staged = {
  readonly docs: Map<string, Doc | null>
  readonly sums: Map<string, Uint8Array>
  readonly homes: Map<string, true>
}

/** Which fold, under which names, after how many commits. */
export type Moment = { readonly folded: string; readonly renames: number; readonly step: number }

export type Memory = {
  /** As of a moment; what was remembered of an earlier one is dropped, and of a later one not used. */
  readonly at: (moment: Moment) => FoldMemory
  /** The moment before has become the one after by what was staged; null: nothing is remembered. */
  readonly advance: (before: Moment, after: Moment, staged: Staged | null) => void
}

/** Each is a few hundred bytes to a few thousand. */
const MAX_DOCS = 60_000
const MAX_SUMS = 60_000
const MAX_HOMES = 300_000

export const emptyStaged = (): Staged => ({ docs: new Map(), sums: new Map(), homes: new Map() })

export const openMemory = (): Memory => {
  const parts = { docs: createShelf<Doc | null>(MAX_DOCS), sums: createShelf<Uint8Array>(MAX_SUMS), homes: createShelf<true>(MAX_HOMES) }
  let now: Moment = { folded: '', renames: 0, step: -1 }
  const isNow = ({ folded, renames, step }: Moment): boolean => folded === now.folded && renames === now.renames && step === now.step
  const move = (moment: Moment): void => {
    for (const part of Object.values(parts)) part.clear()
    now = moment
  }
  const guarded = <V>(part: Remembered<V>, moment: Moment): Remembered<V> => ({
    get: (key) => (isNow(moment) ? part.get(key) : undefined),
    set: (key, value) => {
      if (isNow(moment)) part.set(key, value)
    },
  })
  return {
    at: (moment) => {
      // While a rebuild is on, whoever reads what is shown leaves what its writer remembers.
      if (moment.folded > now.folded || (moment.folded === now.folded && moment.step > now.step)) move(moment)
      return { docs: guarded(parts.docs, moment), sums: guarded(parts.sums, moment), homes: guarded(parts.homes, moment) }
    },
    advance: (before, after, staged) => {
      if (staged === null || !isNow(before) || after.folded !== before.folded || after.renames !== before.renames) return move(after)
      now = after
      for (const [key, doc] of staged.docs) parts.docs.set(key, doc)
      for (const [key, sum] of staged.sums) parts.sums.set(key, sum)
      for (const key of staged.homes.keys()) parts.homes.set(key, true)
    },
  }
}

/** By question; whoever asks says what of the answer does not change. */
export type Memo = Remembered<number | string>

const MAX_MEMOS = 20_000

/** Of each fold; those of other ones go. */
export const openMemos = (): ((folded: string) => Memo) => {
  let [current, memo] = ['', createShelf<number | string>(MAX_MEMOS)]
  return (folded) => {
    if (folded > current) [current, memo] = [folded, createShelf(MAX_MEMOS)]
    return folded === current ? memo : createShelf(MAX_MEMOS)
  }
}

/** Of too many, those set longest ago go first, half of all, so that this is seldom. */
const createShelf = <V>(most: number) => {
  const kept = new Map<string, V>()
  return {
    get: (key: string): V | undefined => kept.get(key),
    set: (key: string, value: V): void => {
      kept.delete(key)
      kept.set(key, value)
      if (kept.size <= most) return
      for (const oldest of kept.keys()) {
        if (kept.size <= most / 2) break
        kept.delete(oldest)
      }
    },
    clear: (): void => kept.clear(),
  }
}
