// The contract of word after the fact, a part of the store's work part: what somebody is told, how far they have seen it, and how far whoever tells it has
// come. Durable once a promise resolves. Ids are made of what happened, so that the same is never told twice; places say in which order it was told.

import type { Json } from '../journal/model.ts'

export const NOTICE_KINDS = [
  'asked',
  'confirmed',
  'partly',
  'disputed',
  'lapsed',
  'upheld',
  'dismissed',
  'appealed',
  'upheldAgain',
  'restored',
  'suspended',
  'suspensionEnded',
  'admitted',
  'moved',
  'draftWaiting',
  'flags',
  'notPublished',
  'recordRefused',
  'jobFailed',
  'closed',
  'restated',
] as const
export type NoticeKind = (typeof NOTICE_KINDS)[number]

/** What somebody is told. `detail` holds figures and days, and names nobody. */
export type Word = {
  readonly to: string
  /** Made of what happened: of one receiver, the same is told once. */
  readonly id: string
  readonly kind: NoticeKind
  /** When the log received it; of a desk's own, when it was done there. */
  readonly at: string
  readonly town: string | null
  /** What it is about: a record by its uri, or something of a desk. */
  readonly subject: string
  /** The DID of whose record that is, or `desk:<code>`. */
  readonly author: string
  readonly detail: Json
}

/** `place`: above that of everything told before. */
export type Notice = Word & { readonly place: number }

export type NoticeQuery = { readonly before?: number; readonly limit: number }

/** `words` are added, those that were told already are left; the cursor moves with them. Of one receiver the newest `most` stay. */
export type Telling = { readonly words: readonly Word[]; readonly name: string; readonly cursor: Json; readonly most: number }

/** Whose notices, or notices about what, go. `person`: those to them, and those about what they wrote. */
export type NoticesGone = { readonly person: string } | { readonly subject: string } | { readonly before: string }

export type NoticeWork = {
  tell(telling: Telling): Promise<void>
  /** Null before anything was told under that name. */
  told(name: string): Promise<Json>
  /** Newest first. */
  notices(to: string, query: NoticeQuery): Promise<readonly Notice[]>
  /** Those above a place, the oldest first. */
  noticesAfter(to: string, place: number, limit: number): Promise<readonly Notice[]>
  /** Everybody's above a place, the oldest first. */
  noticesFrom(place: number, limit: number): Promise<readonly Notice[]>
  /** Those behind what was seen, at most so many. */
  unseen(to: string, most: number): Promise<number>
  /** The place up to which all is seen; 0 when nothing is. It never goes back. */
  seen(to: string): Promise<number>
  see(to: string, place: number): Promise<void>
  /** Of what this author wrote, or of what waits at this desk: the subjects somebody was told about. */
  subjectsBy(author: string): Promise<readonly string[]>
  dropNotices(gone: NoticesGone): Promise<void>
}
