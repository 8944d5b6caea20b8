// The words of packed transactions as the numbers of this store: each is looked up when it is first used.

import { NONE } from './packed-transactions.ts'
import type { PackedTransactions } from './packed-transactions.ts'
import type { Interned } from './sqlite-intern.ts'
import type { Tables } from './sqlite-tables.ts'

export type Words = {
  /** Takes the new words of a batch. */
  readonly learn: (packed: PackedTransactions) => void
  /** The store's number of a word, made when new. Only inside a transaction. */
  readonly entity: (word: number) => number
  readonly scope: (word: number) => number
  /** 0 for none. */
  readonly category: (word: number) => number
  readonly rate: (word: number) => number
  /** Which numbers they have; not the words. */
  readonly forget: () => void
}

export const openWords = (tables: Tables): Words => {
  let words: string[] = []
  const numbered = (interned: Interned) => {
    let ids: number[] = []
    return {
      id: (word: number): number => {
        if (word === NONE) return 0
        const known = ids[word] ?? 0
        if (known !== 0) return known
        const id = interned.id(words[word] ?? '')
        while (ids.length <= word) ids.push(0)
        ids[word] = id
        return id
      },
      forget: (): void => {
        ids = []
      },
    }
  }
  const [entity, scope, category, rate] = [
    numbered(tables.entity),
    numbered(tables.scope),
    numbered(tables.category),
    numbered(tables.rate),
  ]
  const forget = (): void => {
    for (const one of [entity, scope, category, rate]) one.forget()
  }
  return {
    learn: ({ words: more, isAnew }) => {
      if (isAnew) {
        words = []
        forget()
      }
      for (const word of more) words.push(word)
    },
    entity: entity.id,
    scope: scope.id,
    category: category.id,
    rate: rate.id,
    forget,
  }
}
