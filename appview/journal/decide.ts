// The one rule of the books: given the state and the next events, what changes. Pure: no clock, no store, no randomness. How events are cut into
// batches, and what else the slice holds, makes no difference to the result.

import assert from 'node:assert/strict'
import { nsid } from '../../lexicons/authority.ts'
import { lapseClaim } from './claims.ts'
import { decideAccount, eraseAccount } from './decide-account.ts'
import { decideAction } from './decide-action.ts'
import { beginResidence } from './decide-admission.ts'
import { decideConfirmation, lapseParked } from './decide-confirmation.ts'
import { decideEntry } from './decide-entry.ts'
import { mergeWhenDue } from './decide-merger.ts'
import { decideTownRecord } from './decide-town.ts'
import { decideNotice } from './outages.ts'
import { Draft, NotLoaded, occasionOfDue } from './draft.ts'
import { firstKeys, standingKeys } from './first-keys.ts'
import type { Changes, Due, IntakeRow, JournalEvent, Roster, Slice } from './model.ts'

/** Documents still to be loaded; ask again with a slice that holds them (null where there is none). */
export type Needs = { readonly needs: readonly string[] }

/**
 * Decides events in order: rows by (leaf, op), and before each row the due entries at or before its recordedAt, by (at, kind, uri).
 * Entries that these events schedule themselves are decided in their turn; those handed in come back in `dueRemove`.
 */
export const decideBatch = (slice: Slice, events: readonly JournalEvent[], roster: Roster): Needs | Changes => {
  const missing = firstNeeds(slice, events, roster)
  if (missing.size > 0) return { needs: [...missing] }
  const batch = openBatch(slice, roster)
  batch.decide(events)
  return batch.end()
}

/** A batch whose events come in portions. */
export type Batch = {
  /** In order, behind those before. */
  readonly decide: (events: readonly JournalEvent[]) => void
  readonly end: () => Needs | Changes
}

export const openBatch = (slice: Slice, roster: Roster): Batch => {
  const draft = new Draft(slice, roster)
  let now = ''
  return {
    decide: (events) => {
      for (const event of events) {
        const instant = event.kind === 'row' ? event.row.recordedAt : event.due.at
        assert(instant >= now, 'events come in order of time')
        now = instant
        decideOwnDues(draft, event)
        attempt(draft, () => (event.kind === 'row' ? decideRow(draft, event.row, event.spoke) : decideDue(draft, event.due)))
      }
    },
    end: () => (draft.needs.size > 0 ? { needs: [...draft.needs] } : draft.changes()),
  }
}

/** Only a way to load most documents at once: what is missing here or later is found by deciding. Asked for once, by the last event's first key. */
const firstNeeds = (slice: Slice, events: readonly JournalEvent[], roster: Roster): ReadonlySet<string> => {
  const missing = new Set<string>()
  const probe = events.findLast((event) => firstKeys(event).length > 0)
  if (probe === undefined || slice.has(firstKeys(probe)[0] ?? '')) return missing
  for (const key of standingKeys(roster)) if (!slice.has(key)) missing.add(key)
  for (const event of events) for (const key of firstKeys(event)) if (!slice.has(key)) missing.add(key)
  return missing
}

/** After a need the batch goes on only to learn what else it needs. */
const attempt = (draft: Draft, decide: () => void): void => {
  try {
    decide()
  } catch (error) {
    if (!(error instanceof NotLoaded)) throw error
  }
}

// Of two entries due at one instant the store's comes in by its own place; entries scheduled in this batch and due before it go first.
const decideOwnDues = (draft: Draft, event: JournalEvent): void => {
  for (;;) {
    const due = draft.nextOwnDue(event)
    if (due === undefined) return
    draft.cancel(due)
    attempt(draft, () => decideDue(draft, due))
  }
}

const decideDue = (draft: Draft, due: Due): void => {
  draft.cancel(due)
  switch (due.kind) {
    case 'claim-lapse': {
      const action = draft.get('action', due.uri)
      if (action?.state === 'open' && action.lapsesAt === due.at) lapseClaim(draft, action, occasionOfDue(due))
      return
    }
    case 'parked-lapse':
      return lapseParked(draft, due)
    case 'account-erasure':
      return eraseAccount(draft, due)
    case 'merger':
      return mergeWhenDue(draft, due)
    case 'residence':
      return beginResidence(draft, due)
  }
}

const decideRow = (draft: Draft, row: IntakeRow, spoke: string | null): void => {
  if (row.source === 'account') return decideAccount(draft, row)
  switch (row.collection) {
    case nsid.action:
      return decideAction(draft, row)
    case nsid.confirmation:
      return decideConfirmation(draft, row, spoke)
    case nsid.entry:
      return decideEntry(draft, row)
    case nsid.notice:
      return decideNotice(draft, row)
    case nsid.admission:
    case nsid.hostBody:
    case nsid.municipality:
    case nsid.policy:
    case nsid.rateTable:
      return decideTownRecord(draft, row)
    default:
      return
  }
}
