// The role that writes the books: follows the relay, folds, lets due entries happen, purges. One process at a time does it; what is not folded, or was
// folded by other rules, is folded before it follows.

import { createSafeFetch } from '../../server/safe-fetch.ts'
import { withPayloads } from '../follow/entry-payloads.ts'
import { followRelay } from '../follow/follow-relay.ts'
import { toldStatus } from '../follow/follow-status.ts'
import type { FollowStatus } from '../follow/follow-status.ts'
import { REPO_FETCH_TIMEOUT_MS, REPO_MAX_BYTES } from '../follow/limits.ts'
import { createPatience, knownToTheBooks } from '../follow/patience.ts'
import { dropOtherRules, refoldIntake } from '../follow/refold.ts'
import { openRosterKeeper } from '../follow/roster-keeper.ts'
import { openWriter } from '../follow/writer.ts'
import { FIGURES_EVERY_MS, PURGE_EVERY_MS } from './limits.ts'
import type { People } from './people.ts'
import { openPost } from './post.ts'
import type { Duty } from './post.ts'
import { INGEST, postOf } from './surroundings.ts'
import type { Surroundings } from './surroundings.ts'

export type Ingest = {
  /** Null while another process follows. */
  status(): FollowStatus | null
  reloadRoster(): Promise<string>
  close(): Promise<void>
}

/** Throws StartError where it could begin at once and cannot. */
export const openIngest = async (around: Surroundings, people: People): Promise<Ingest> => {
  const post = await openPost(postOf(around, INGEST, () => beginFollowing(around, people)))
  return {
    status: () => post.duty()?.status() ?? null,
    reloadRoster: async () => post.duty()?.reloadRoster() ?? 'Another process follows the relay: it reads the roster file',
    close: () => post.close(),
  }
}

type Following = Duty & { status(): FollowStatus; reloadRoster(): Promise<string> }

const beginFollowing = async (around: Surroundings, people: People): Promise<Following> => {
  const { config, clock, log, metrics, store } = around
  const { books } = store
  const roster = await openRosterKeeper({ books, file: config.rosterFile, log })
  const writer = await openFoldedBooks(around, people, roster.current)
  const follower = followRelay({
    books,
    writer,
    withPayloads: (rows) => withPayloads(store.desk, roster.current(), rows),
    patience: createPatience(() => clock.realMs(), knownToTheBooks(books, roster.current)),
    relayUrl: config.relayUrl,
    plcUrl: config.plcUrl,
    identities: people.identities,
    fetch: createSafeFetch({ allowLoopback: config.allowLoopback ?? false, maxBytes: REPO_MAX_BYTES, timeoutMs: REPO_FETCH_TIMEOUT_MS }),
    clock,
    log,
  })
  const leaf = metrics.gauge('leaf_read', 'last leaf of the relay that is in the books')
  const figures = clock.every(FIGURES_EVERY_MS, () => leaf.set(follower.status().leaf))
  const purging = clock.every(PURGE_EVERY_MS, () => {
    books.purge().catch((error: unknown) => log.error('purge.failed', { error }))
  })
  return {
    status: follower.status,
    told: () => toldStatus(follower.status(), clock.realMs()),
    reloadRoster: roster.reload,
    fenced: follower.fenced,
    close: async () => {
      purging[Symbol.dispose]()
      figures[Symbol.dispose]()
      await follower.close()
    },
  }
}

/** The one writer, of books that are folded to their end by the present rules. */
const openFoldedBooks = async (
  { clock, log, store: { books } }: Surroundings,
  { keep }: People,
  roster: Parameters<typeof openWriter>[0]['roster'],
) => {
  const formerRules = await dropOtherRules(books)
  const forget = (did: string): Promise<void> => keep.dropAccount(did)
  const writer = await openWriter({ books, clock, roster, forget, mark: (event) => log.debug(event) })
  const refolded = await refoldIntake(books, writer)
  const { rules } = await books.state()
  if (refolded > 0) log.info('books.refolded', { rows: refolded, ...(formerRules === null ? {} : { formerRules, rules }) })
  return writer
}
