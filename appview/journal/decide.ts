// The one rule of the books: given the state and the next events, what changes. Pure: no clock, no store, no randomness.

import type { Changes, JournalEvent, Roster, Slice } from './model.ts'

/** Documents still to be loaded; ask again with a slice that holds them (null where there is none). */
export type Needs = { readonly needs: readonly string[] }

export declare const decideBatch: (slice: Slice, events: readonly JournalEvent[], roster: Roster) => Needs | Changes
