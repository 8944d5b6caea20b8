// Follows one relay's log from the stored cursor and lets the writer fold it; reconnects with back-off for ever, but never to another origin.
// A leaf is in the store, with its cursor, before the next batch is taken; killed anywhere, it goes on behind the last commit.

import assert from 'node:assert/strict'
import { InvalidEvent } from '../../atproto/event.ts'
import { InvalidFrame } from '../../atproto/frame.ts'
import type { IdentityCache } from '../../atproto/identity-cache.ts'
import { SubscriptionEnded, subscribe } from '../../atproto/subscribe.ts'
import type { Clock } from '../../server/clock.ts'
import type { Log } from '../../server/log.ts'
import type { IntakeRow } from '../journal/model.ts'
import type { Books, Origin } from '../store/store.ts'
import { StoreRefused } from '../store/store.ts'
import { createBeliever } from './believe.ts'
import { followLeaves } from './continuity.ts'
import type { LeafIntake } from './continuity.ts'
import { createFollowStatus } from './follow-status.ts'
import type { FollowStatus, StatusKeeper } from './follow-status.ts'
import {
  BATCH_MAX_LEAVES,
  BATCH_MAX_LEAVES_AWAY,
  GATHER_MAX_MS,
  GATHER_STEP_MS,
  READ_AHEAD_BYTES,
  READ_AHEAD_LEAVES,
  RECONNECT_FIRST_MS,
  RECONNECT_MAX_MS,
} from './limits.ts'
import { laterCommits } from './later-commits.ts'
import { OriginUnavailable, fetchOrigin } from './origin.ts'
import { createReadAhead } from './read-ahead.ts'
import type { ReadAhead } from './read-ahead.ts'
import { createReadFrame } from './read-frame.ts'
import type { Leaf, ReadFrame } from './read-frame.ts'
import type { PatienceKeeper } from './patience.ts'
import { createFetchRepo } from './resync.ts'
import { keepAdvancing } from './advance.ts'
import type { Part, Writer } from './writer.ts'

export type FollowerDeps = {
  readonly books: Books
  readonly writer: Writer
  /** The rows with what this appview knows privately of them. */
  readonly withPayloads: (rows: readonly IntakeRow[]) => Promise<readonly IntakeRow[]>
  readonly patience: PatienceKeeper
  readonly relayUrl: string
  readonly plcUrl: string
  readonly identities: IdentityCache
  readonly fetch: typeof fetch
  readonly clock: Clock
  readonly log: Log
}

export type Follower = {
  readonly status: () => FollowStatus
  /** Resolves when the store refuses this writer for a newer one. */
  readonly fenced: Promise<void>
  /** When it folds nothing. */
  readonly between: Writer['between']
  /** Stops reading, finishes the batch under way. */
  close(): Promise<void>
}

/** The relay breaks what its log promises: receive times never decrease. Its leaves are not taken any further. */
export class BrokenLog extends Error {
  override readonly name = 'BrokenLog'
}

/** The relay shows another log than the one this store holds. */
export class OtherOrigin extends Error {
  override readonly name = 'OtherOrigin'
}

export const followRelay = (deps: FollowerDeps): Follower => {
  const stop = new AbortController()
  const status = createFollowStatus(deps.writer)
  const fenced = Promise.withResolvers<void>()
  // The writer folds one thing at a time: a batch of leaves, or what fell due.
  let turn: Promise<void> = Promise.resolve()
  const inTurn = (work: () => Promise<void>): Promise<void> => (turn = turn.catch(() => {}).then(work))
  const advancing = keepAdvancing({ ...deps, status, signal: stop.signal, inTurn, passedBy: fenced.resolve })
  const running = followForEver({ ...deps, status, inTurn, passedBy: fenced.resolve }, stop.signal).finally(() =>
    advancing[Symbol.dispose](),
  )
  return {
    status: () => status.read(),
    fenced: fenced.promise,
    between: (work) => deps.writer.between(work),
    close: async () => {
      stop.abort()
      await running
      await turn.catch(() => {})
    },
  }
}

type Deps = FollowerDeps & {
  readonly status: StatusKeeper
  readonly inTurn: (work: () => Promise<void>) => Promise<void>
  readonly passedBy: () => void
}

const followForEver = async (deps: Deps, signal: AbortSignal): Promise<void> => {
  let waitMs = RECONNECT_FIRST_MS
  while (!signal.aborted) {
    const before = deps.writer.cursor().read.leaf
    try {
      await followOnce(deps, signal)
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof OtherOrigin || error instanceof BrokenLog || error instanceof StoreRefused) return refuse(deps, error)
      if (!isTheirs(error)) throw error
      deps.status.lost(error.message)
      deps.log.warn('relay.lost', { reason: error.message, retryMs: waitMs })
    }
    if (deps.writer.cursor().read.leaf > before) waitMs = RECONNECT_FIRST_MS
    await deps.clock.sleep(waitMs, signal).catch(() => {})
    waitMs = Math.min(waitMs * 2, RECONNECT_MAX_MS)
  }
}

const refuse = (deps: Deps, error: Error): void => {
  deps.status.refused(error.message)
  deps.log.error('following.refused', { reason: error.message })
  if (error instanceof StoreRefused && error.reason === 'epoch') deps.passedBy()
}

const isTheirs = (error: unknown): error is Error =>
  error instanceof SubscriptionEnded || error instanceof OriginUnavailable || error instanceof InvalidFrame || error instanceof InvalidEvent

const followOnce = async (deps: Deps, signal: AbortSignal): Promise<void> => {
  const { origin, leaves } = await fetchOrigin(deps.fetch, deps.relayUrl, signal)
  await bindOrigin(deps.books, origin)
  deps.status.origin(origin, leaves)
  const cut = new AbortController()
  const both = AbortSignal.any([signal, cut.signal])
  const isRealTime = () => !origin.name.startsWith('demo/')
  const believer = createBeliever({ ...deps, isRealTime, signal: both })
  const fetchRepo = createFetchRepo({ ...deps, believer, signal: both })
  const queue = createReadAhead<Leaf>({ items: READ_AHEAD_LEAVES, bytes: READ_AHEAD_BYTES, sizeOf: blocksOf })
  const laterOf = laterCommits(deps.clock, queue, both)
  const reading = read(deps, origin, createReadFrame(origin, believer, deps.identities), queue, both).finally(() => queue.end())
  reading.catch(() => {})
  const isAtHand = (await (await deps.books.folding()).documents()) !== null
  const most = isAtHand ? BATCH_MAX_LEAVES : BATCH_MAX_LEAVES_AWAY
  try {
    for (;;) {
      const batch = await gather(deps.clock, queue, most)
      if (batch.length === 0) break
      await deps.inTurn(async () => write(deps, await followLeaves({ books: deps.books, fetchRepo, laterOf }, inOrder(deps, batch))))
    }
  } finally {
    cut.abort()
    queue.end()
  }
  await reading
}

const blocksOf = ({ event }: Leaf): number => (event !== null && 'blocks' in event ? event.blocks.length : 0)

/** What waits, and what comes right behind it: a commit costs as much for one leaf as for many. A lone leaf waits a millisecond. */
const gather = async (clock: Clock, queue: ReadAhead<Leaf>, most: number): Promise<Leaf[]> => {
  await queue.some()
  const startMs = clock.monotonicMs()
  for (let before = 0; queue.size > before && queue.size < most && clock.monotonicMs() - startMs < GATHER_MAX_MS;) {
    before = queue.size
    await clock.sleep(GATHER_STEP_MS)
  }
  return queue.take(most)
}

/** Binds at first, and refuses to mix logs ever after. */
const bindOrigin = async (books: Books, origin: Origin): Promise<void> => {
  try {
    await books.bind(origin)
  } catch (error) {
    if (error instanceof StoreRefused && error.reason === 'origin')
      throw new OtherOrigin(`${error.message}. The two are never mixed: follow the relay this store was made from, or begin a new store`)
    throw error
  }
}

const read = async (deps: Deps, origin: Origin, readFrame: ReadFrame, queue: ReadAhead<Leaf>, signal: AbortSignal): Promise<void> => {
  const cursor = origin.base + deps.writer.cursor().read.leaf
  const onOpen = () => deps.status.connected()
  for await (const frame of subscribe({ url: deps.relayUrl, cursor, signal, clock: deps.clock, onOpen })) {
    const found = await readFrame(frame)
    if (found.kind === 'aside') {
      deps.log.warn('relay.told', { name: found.name, message: found.message })
      if (found.name === 'FutureCursor')
        throw new SubscriptionEnded('refused', 'the relay has fewer leaves than this store: its log was rewound')
      continue
    }
    if (found.verdict?.ok === false) {
      deps.status.count(found.verdict.reason)
      deps.log.warn('leaf.disbelieved', { leaf: found.place.leaf, reason: found.verdict.reason, detail: found.verdict.detail })
    }
    await queue.put(found)
  }
}

// A relay sends each leaf once and in order; after a reconnection the first may be known already.
const inOrder = (deps: Deps, batch: readonly Leaf[]): Leaf[] => {
  const { read } = deps.writer.cursor()
  let last = read.leaf
  let instant = read.instant
  return batch.filter(({ place }) => {
    if (place.leaf <= last) return false
    if (place.recordedAt < instant) throw new BrokenLog(`leaf ${place.leaf} was recorded at ${place.recordedAt}, before ${instant}`)
    instant = place.recordedAt
    if (place.leaf > last + 1) {
      deps.status.count('leaf.missed')
      deps.log.warn('leaves.missed', { after: last, next: place.leaf })
    }
    last = place.leaf
    return true
  })
}

const write = async (deps: Deps, leaves: readonly LeafIntake[]): Promise<void> => {
  for (const { note, place } of leaves) {
    if (note !== 'none' && note !== 'continuous') deps.log.info(`repo.${note}`, { leaf: place.leaf })
    deps.status.count(`leaf.${note}`)
  }
  assert.ok(leaves.every(({ place }, index) => index === 0 || place.leaf > (leaves[index - 1]?.place.leaf ?? 0)))
  if (leaves.length === 0) return
  const parts: Part[] = []
  for (const { place, rows, proof, head } of leaves)
    parts.push({ leaf: place.leaf, recordedAt: place.recordedAt, rows: await deps.withPayloads(rows), proof, head })
  await deps.writer.append(parts)
  deps.status.wrote()
}
