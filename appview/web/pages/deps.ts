// What the pages are given: the questions they may ask, sign-in, writing for a resident, and who somebody is.

import type { HandleResolver } from '../../../atproto/resolve-handle.ts'
import type { IdentityCache } from '../../../atproto/identity-cache.ts'
import type { Clock } from '../../../server/clock.ts'
import type { Log } from '../../../server/log.ts'
import type { ResidentWrites } from '../../auth/resident-writes.ts'
import type { SignIn } from '../../auth/sign-in.ts'
import type { Codes } from '../../confirm/codes.ts'
import type { ConfirmPrivately } from '../../confirm/confirm-privately.ts'
import type { CloseDeps } from '../../close/close-year.ts'
import type { DeskHooks, Hooks } from '../../notify/set-hook.ts'
import type { Notices } from '../../notify/read-notices.ts'
import type { JobOperations } from '../../jobs/operations.ts'
import type { DeskOperations } from '../../desk/operations.ts'
import { dayOf } from '../../journal/calendar.ts'
import type { Roster } from '../../journal/model.ts'
import type { Queries } from '../../queries/queries.ts'
import type { BooksFitness } from '../../roles/standing.ts'
import type { Books } from '../../store/store.ts'

export type PagesDeps = {
  readonly queries: Queries
  /** For documents that no query gives: admissions, one's own profile, the years a town has. Always behind a check of whose they are. */
  readonly books: Books
  readonly signIn: SignIn
  readonly writes: ResidentWrites
  readonly roster: () => Roster
  /** Whether what is in the books may be answered from; absent where it always may. */
  readonly look?: () => Promise<BooksFitness>
  /** How many entries of these municipalities stand in the log while these books lack what they stand for; absent where none can. */
  readonly entriesLacking?: (codes: readonly string[]) => Promise<number>
  readonly desks: DeskOperations
  /** What closing and restating a year need. */
  readonly closing: CloseDeps
  readonly jobs: JobOperations
  readonly notices: Notices
  readonly hooks: Hooks
  readonly deskHooks: DeskHooks
  readonly codes: Codes
  readonly confirm: ConfirmPrivately
  readonly identities: IdentityCache
  readonly resolveHandle: HandleResolver
  readonly clock: Clock
  readonly log: Log
  /** The address under which readers reach this site, without a slash at its end. */
  readonly url: string
}

/** The civil day it is. */
export const todayOf = ({ clock }: Pick<PagesDeps, 'clock'>): string => dayOf(new Date(clock.civilMs()).toISOString())
