// What every query is given, and the documents of the journal it may read.

import type { Access } from '../auth/access.ts'
import type { Clock } from '../../server/clock.ts'
import type { Doc, Roster } from '../journal/model.ts'
import type { Books } from '../store/store.ts'
import type { FollowStatus } from '../follow/follow-status.ts'

export type QueryDeps = {
  readonly books: Books
  readonly access: Access
  readonly clock: Clock
  readonly roster: () => Roster
  readonly follow: () => FollowStatus | Promise<FollowStatus>
  readonly relayUrl: string
  readonly fetch: typeof fetch
}

type DocOf<K extends Doc['kind']> = Extract<Doc, { readonly kind: K }>

/** One document of the journal by its kind and key; null when there is none. */
export const readDoc = async <K extends Doc['kind']>(books: Pick<Books, 'load'>, kind: K, key: string): Promise<DocOf<K> | null> => {
  const doc = (await books.load([key])).get(key) ?? null
  return isKind(doc, kind) ? doc : null
}

const isKind = <K extends Doc['kind']>(doc: Doc | null, kind: K): doc is DocOf<K> => doc !== null && doc.kind === kind
