// The role that writes the books: follows the relay, folds, lets due entries happen, purges. One process at a time does it; what is not folded, or was
// folded by other rules, is folded before it follows.

import { createSafeFetch } from '../../server/safe-fetch.ts'
import { withPayloads } from '../follow/entry-payloads.ts'
import { openRoom } from '../follow/disk-room.ts'
import type { Room } from '../follow/disk-room.ts'
import { followRelay } from '../follow/follow-relay.ts'
import type { Follower } from '../follow/follow-relay.ts'
import { toldStatus } from '../follow/follow-status.ts'
import type { FollowStatus } from '../follow/follow-status.ts'
import { REPO_FETCH_TIMEOUT_MS, REPO_MAX_BYTES } from '../follow/limits.ts'
import { createPatience, knownToTheBooks } from '../follow/patience.ts'
import { dropOtherRules, refoldIntake } from '../follow/refold.ts'
import { openRosterKeeper } from '../follow/roster-keeper.ts'
import { openWriter } from '../follow/writer.ts'
import { rebuildJob } from '../jobs/rebuild-job.ts'
import { openRunner } from '../jobs/runner.ts'
import type { Roster } from '../journal/model.ts'
import { RULES } from '../journal/rules.ts'
import type { Books } from '../store/store.ts'
import { FIGURES_EVERY_MS, PURGE_EVERY_MS, REBUILD_RETRY_MS } from './limits.ts'
import type { People } from './people.ts'
import { openPost } from './post.ts'
import type { Duty } from './post.ts'
import { keepJudging } from './succession.ts'
import { INGEST, postOf } from './surroundings.ts'
import type { Surroundings } from './surroundings.ts'

export type Ingest = {
  /** Null while another process follows. */
  status(): FollowStatus | null
  /** Why this process, which stands by, could not take over; null where it could. */
  fault(): string | null
  /** Whether it waits, since the store's disk is full. */
  isFull(): boolean
  reloadRoster(): Promise<string>
  close(): Promise<void>
}

/** Throws StartError where it could begin at once and cannot. */
export const openIngest = async (around: Surroundings, people: People): Promise<Ingest> => {
  const room = openRoom(around.log)
  const post = await openPost(postOf(around, INGEST, () => beginFollowing({ ...around, room }, people)))
  const succession = await keepJudging(around, () => post.duty() !== null)
  return {
    status: () => post.duty()?.status() ?? null,
    fault: () => succession.fault(),
    isFull: () => post.duty() !== null && room.isFull(),
    reloadRoster: async () => post.duty()?.reloadRoster() ?? 'Another process follows the relay: it reads the roster file',
    close: async () => {
      succession[Symbol.dispose]()
      await post.close()
    },
  }
}

type InRoom = Surroundings & { readonly room: Room }

type Following = Duty & { status(): FollowStatus; reloadRoster(): Promise<string> }

const beginFollowing = async (around: InRoom, people: People): Promise<Following> => {
  const { config, clock, log, metrics, store } = around
  const { books } = store
  const roster = await openRosterKeeper({ books, file: config.rosterFile, log })
  const fenced = Promise.withResolvers<void>()
  const ending = new AbortController()
  let follower = await followFolded(around, people, roster.current)
  const watch = (one: Follower): void => void one.fenced.then(() => one === follower && fenced.resolve())
  watch(follower)
  const rebuilding = openRunner({
    work: store.work,
    clock,
    log,
    kinds: {
      rebuild: rebuildJob(async ({ roster: asked, progress }) => {
        const under = asked === null ? undefined : await roster.asked(asked)
        if (under === null) return null
        await follower.close()
        const follow = async (): Promise<Follower> => {
          await roster.look()
          return followFolded(around, people, roster.current, progress)
        }
        const rows = await dropFold(books, under).finally(async () => {
          follower = await untilFollowed(around, ending.signal, follow)
          watch(follower)
        })
        return { rows, transactions: (await books.counts()).transactions }
      }),
    },
  })
  const leaf = metrics.gauge('leaf_read', 'last leaf of the relay that is in the books')
  const figures = clock.every(FIGURES_EVERY_MS, () => leaf.set(follower.status().leaf))
  const purging = clock.every(PURGE_EVERY_MS, () => {
    books.purge().catch((error: unknown) => log.error('purge.failed', { error }))
  })
  return {
    status: () => follower.status(),
    told: () => toldStatus(follower.status(), clock.realMs()),
    reloadRoster: () => roster.reload((work) => follower.between(work)),
    fenced: fenced.promise,
    close: async () => {
      purging[Symbol.dispose]()
      figures[Symbol.dispose]()
      // Who stands by from now on has read nothing.
      leaf.remove()
      ending.abort(new Error('this process ends'))
      await rebuilding.close()
      await follower.close()
    },
  }
}

/** All that is folded goes; gives how many rows are to be folded. */
const dropFold = async (books: Books, roster?: Roster): Promise<number> => {
  await books.resetFold(await books.takeEpoch(), RULES, roster)
  return (await books.counts()).intake
}

/** Nobody else follows while this process holds the lease. */
const untilFollowed = async ({ clock, log }: Surroundings, signal: AbortSignal, follow: () => Promise<Follower>): Promise<Follower> => {
  for (;;)
    try {
      return await follow()
    } catch (error) {
      log.error('rebuild.not-finished', { error })
      await clock.sleep(REBUILD_RETRY_MS, signal)
    }
}

const followFolded = async (
  around: InRoom,
  people: People,
  roster: () => Roster,
  progress?: Parameters<typeof refoldIntake>[2],
): Promise<Follower> => {
  const { config, clock, log, store } = around
  const writer = await openFoldedBooks(around, people, roster, progress)
  return followRelay({
    books: store.books,
    writer,
    withPayloads: (rows) => withPayloads(store.desk, roster(), rows),
    patience: createPatience(() => clock.realMs(), knownToTheBooks(store.books, roster)),
    relayUrl: config.relayUrl,
    plcUrl: config.plcUrl,
    identities: people.identities,
    fetch: createSafeFetch({ allowLoopback: config.allowLoopback ?? false, maxBytes: REPO_MAX_BYTES, timeoutMs: REPO_FETCH_TIMEOUT_MS }),
    clock,
    log,
  })
}

/** The one writer, of books that are folded to their end by the present rules. */
const openFoldedBooks = async (
  { clock, log, room, store: { books, work } }: InRoom,
  { keep }: People,
  roster: () => Roster,
  progress?: Parameters<typeof refoldIntake>[2],
) => {
  const formerRules = await dropOtherRules(books)
  const forget = async (did: string): Promise<void> => {
    await keep.dropAccount(did)
    await work.dropNotices({ person: did })
    await work.dropHook(did)
  }
  const writer = await openWriter({ books, clock, roster, forget, room, mark: (event) => log.debug(event) })
  const refolded = await refoldIntake(books, writer, progress)
  const { rules } = await books.state()
  if (refolded > 0) log.info('books.refolded', { rows: refolded, ...(formerRules === null ? {} : { formerRules, rules }) })
  return writer
}
