// What a process knows of the books without writing them: whether they are folded by the rules of this program, whose they are, and how following stands.

import type { Clock } from '../../server/clock.ts'
import { parseToldStatus } from '../follow/follow-status.ts'
import type { FollowStatus } from '../follow/follow-status.ts'
import type { Roster } from '../journal/model.ts'
import { RULES } from '../journal/rules.ts'
import type { BooksState } from '../store/store.ts'
import { FIGURES_EVERY_MS, TOLD_FRESH_TIMES } from './limits.ts'
import { INGEST } from './surroundings.ts'
import type { Surroundings } from './surroundings.ts'

/** folding: nobody has folded them to their end yet. other-rules: another version of the program keeps them. */
export type BooksFitness = 'fit' | 'folding' | 'other-rules'

const MS_PER_SECOND = 1_000

export type Standing = {
  /** As of the last look. */
  readonly roster: () => Roster
  /** Looks at the store: may what is in the books be answered from? */
  readonly look: () => Promise<BooksFitness>
  readonly follow: () => Promise<FollowStatus>
}

/** `own`: the status of this process where it follows itself. */
export const openStanding = async ({ store, clock, leaseTtlMs }: Surroundings, own: () => FollowStatus | null): Promise<Standing> => {
  let { roster } = await store.books.state()
  const ageOf = openAge(clock)
  return {
    roster: () => roster,
    look: async () => {
      const state = await store.books.state()
      roster = state.roster
      return fitnessOf(state)
    },
    follow: async () => {
      const here = own()
      if (here !== null) return here
      const lease = await store.leases.read(INGEST)
      const told = parseToldStatus(lease?.told ?? '')
      if (told === null) return nothingTold(await store.books.state(), clock.realMs())
      const isFresh = lease?.holder !== null && ageOf(told.asOf) <= TOLD_FRESH_TIMES * leaseTtlMs
      return isFresh ? told : { ...told, state: 'away', reason: null }
    },
  }
}

/**
 * How old what was told is, in ms: by the clock of this machine alone, from when it was first seen here. Only of what was told before the first look the
 * teller's clock is believed.
 */
const openAge = (clock: Pick<Clock, 'realMs' | 'monotonicMs'>): ((asOf: string) => number) => {
  let seen: { readonly asOf: string; readonly sinceMs: number } | null = null
  return (asOf) => {
    const nowMs = clock.monotonicMs()
    if (seen === null) seen = { asOf, sinceMs: nowMs - Math.max(0, clock.realMs() - Date.parse(asOf)) }
    if (seen.asOf !== asOf) seen = { asOf, sinceMs: nowMs }
    return nowMs - seen.sinceMs
  }
}

const fitnessOf = ({ rules, cursor: { read, folded } }: BooksState): BooksFitness => {
  if (rules === 0) return 'folding'
  if (rules !== RULES) return 'other-rules'
  return folded.leaf < read.leaf ? 'folding' : 'fit'
}

const nothingTold = ({ origin, cursor: { read } }: BooksState, nowMs: number): FollowStatus => ({
  state: 'away',
  reason: null,
  origin,
  leaf: read.leaf,
  recordedAt: read.instant,
  relayLeaves: null,
  counts: {},
  asOf: new Date(nowMs).toISOString(),
})

/** Looks now and then, also where nobody asks: takes up towns that were added, and tells how old what is known of following is. */
export const keepLooking = (
  { clock, metrics }: Pick<Surroundings, 'clock' | 'metrics'>,
  { look, follow }: Pick<Standing, 'look' | 'follow'>,
): Disposable => {
  const age = metrics.gauge('books_age_seconds', 'how long ago whoever follows the log has told of it last; 0 where this process follows')
  const ageOf = openAge(clock)
  let told: string | undefined
  let isLooking = false
  const show = (): void => age.set(told === undefined ? 0 : ageOf(told) / MS_PER_SECOND)
  const lookOnce = async (): Promise<void> => {
    if (isLooking) return
    isLooking = true
    try {
      const { asOf } = await follow()
      told = asOf
      show()
      if (asOf !== undefined) await look()
    } finally {
      isLooking = false
    }
  }
  return clock.every(FIGURES_EVERY_MS, () => {
    // While the store does not answer nobody tells anything: what was told last grows older.
    show()
    void lookOnce().catch(() => {})
  })
}
