// Records the appview writes into its towns' repos: kept in the store first, under a key fixed there, then published, those of one repo in their order. A
// crash between publishing and noting it leaves a pending row; publishing it again finds it there, which is how it is learned that it was done. What waited
// before this process began may be older than what stands: it is held until the books have followed the log, and then judged by it.

import { TidClock } from '../../atproto/tid.ts'
import { openBackOff } from '../../server/back-off.ts'
import type { BackOff } from '../../server/back-off.ts'
import type { Clock } from '../../server/clock.ts'
import type { Log } from '../../server/log.ts'
import { PdsRefused } from '../auth/pds-call.ts'
import type { Fields } from '../auth/pds-call.ts'
import type { Books, OutboxRow, Work } from '../store/store.ts'
import { wokenBy } from '../store/woken.ts'
import { judge } from './judge.ts'
import type { Judged, Logged } from './judge.ts'
import {
  PUBLISH_ATTEMPTS,
  PUBLISH_BATCH,
  PUBLISH_EVERY_MS,
  PUBLISH_LOGGED_LOOKED_AT,
  PUBLISH_RETRY_FIRST_MS,
  PUBLISH_RETRY_MAX_MS,
} from './limits.ts'
import type { PublishAccounts } from './publish-file.ts'
import { SUPERSEDED, Superseded, openSender } from './send.ts'
import type { Sender } from './send.ts'

export type Outbox = {
  /** Keeps a record to be published; resolves once it is stored. Gives its uri. */
  add(repo: string, collection: string, record: Fields): Promise<string>
  /** Publishes what is pending now; resolves when each has been tried once, but for what waits behind another. */
  flush(): Promise<void>
  /** The same, for who does not wait: a failure is logged. */
  wake(): void
  close(): Promise<void>
}

export type OutboxDeps = {
  readonly work: Work
  readonly books: Pick<Books, 'rows'>
  readonly accounts: PublishAccounts
  readonly fetch: typeof fetch
  readonly clock: Clock
  readonly log: Log
  /** Whether the books have followed the log to where it stood when this process began. */
  readonly isCaughtUp: () => Promise<boolean>
}

/** `upTo`: what an earlier run left pending has no higher id. `held`: the repos it is of, until the books have caught up. */
type Earlier = { readonly upTo: number; readonly held: ReadonlySet<string> }
type Sending = { readonly deps: OutboxDeps; readonly sender: Sender; readonly waits: BackOff; readonly earlier: Earlier }

/** Starts publishing what an earlier run left pending. */
export const openOutbox = (deps: OutboxDeps): Outbox => {
  const tids = new TidClock(() => deps.clock.civilMs())
  const sender = openSender(deps)
  const waits = openBackOff(deps.clock, { firstMs: PUBLISH_RETRY_FIRST_MS, maxMs: PUBLISH_RETRY_MAX_MS })
  let earlier: Earlier | null = null
  let turn: Promise<void> = Promise.resolve()
  let next: Promise<void> | null = null
  const publish = async (): Promise<void> => {
    next = null
    earlier ??= await leftBefore(deps)
    await publishPending({ deps, sender, waits, earlier })
    if (earlier.held.size === 0 || !(await deps.isCaughtUp())) return
    earlier = { ...earlier, held: new Set() }
    await publishPending({ deps, sender, waits, earlier })
  }
  // One at work and one that waits, whatever became of the one before: a store that does not answer for a while holds up nothing after it.
  const flush = (): Promise<void> => {
    if (next === null) turn = next = turn.catch(() => {}).then(publish)
    return next
  }
  const failed = (error: unknown): void => deps.log.error('publish.failed', { error })
  const wake = (): void => void flush().catch(failed)
  const timer = deps.clock.every(PUBLISH_EVERY_MS, wake)
  const woken = wokenBy(deps.work, wake, failed)
  return {
    add: async (repo, collection, record) => {
      const rkey = tids.next()
      await deps.work.enqueue({ repo, collection, rkey, verb: 'create', record: { $type: collection, ...record } })
      wake()
      return `at://${repo}/${collection}/${rkey}`
    },
    flush,
    wake,
    close: async () => {
      timer[Symbol.dispose]()
      await woken.close()
      await turn.catch(() => {})
    },
  }
}

const leftBefore = async ({ work, log }: OutboxDeps): Promise<Earlier> => {
  const unsent = await work.unsent()
  if (unsent.length > 0) log.info('records.left', { repos: unsent.length, count: unsent.reduce((sum, { count }) => sum + count, 0) })
  return { upTo: Math.max(0, ...unsent.map(({ last }) => last)), held: new Set(unsent.map(({ repo }) => repo)) }
}

const publishPending = async (sending: Sending): Promise<void> => {
  const { deps, waits, earlier } = sending
  const rows = await deps.work.pending([...waits.waiting(), ...earlier.held], PUBLISH_BATCH)
  const stuck = new Set<string>()
  for (const run of runsOf(rows)) {
    // Records of one repo keep their order: behind one that has to wait, the others wait too, until its time has come.
    if (run.some(({ repo }) => stuck.has(repo))) continue
    const left = await notThereYet(sending, run)
    if (left.length > 1 && (await publishTogether(sending, left))) continue
    for (const { row, replaces } of left)
      if (!(await publishOne(sending, row, replaces))) {
        stuck.add(row.repo)
        break
      }
  }
}

/** Neighbours that are created in one repo go in one commit; all others alone. */
const runsOf = (rows: readonly OutboxRow[]): readonly OutboxRow[][] => {
  const runs: OutboxRow[][] = []
  for (const row of rows) {
    const last = runs.at(-1)
    const before = last?.at(-1)
    const joins = row.verb === 'create' && row.attempts === 0 && before?.verb === 'create' && before.attempts === 0
    if (last !== undefined && joins && before.repo === row.repo) last.push(row)
    else runs.push([row])
  }
  return runs
}

type Left = { readonly row: OutboxRow; readonly replaces: string | null }

/** What is to be sent; what the log says is there, or is superseded, is settled. */
const notThereYet = async (sending: Sending, run: readonly OutboxRow[]): Promise<readonly Left[]> => {
  const left: Left[] = []
  for (const row of run) {
    const judged = await judgedOf(sending, row)
    if (judged.kind === 'send') left.push({ row, replaces: judged.replaces })
    else if (judged.kind === 'done') await sending.deps.work.settle(row.id, { state: 'done', cid: judged.cid, error: null })
    else await supersede(sending, row)
  }
  return left
}

/** A key that is fresh, and was never tried, is not looked for. */
const judgedOf = async ({ deps: { work, books }, earlier }: Sending, row: OutboxRow): Promise<Judged> => {
  if (row.verb === 'create' && row.id > earlier.upTo && row.attempts === 0) return { kind: 'send', replaces: null }
  const { repo, collection, rkey } = row
  const rows = await books.rows({ uri: `at://${repo}/${collection}/${rkey}`, limit: PUBLISH_LOGGED_LOOKED_AT })
  const logged: Logged = rows.toReversed()
  return judge(row, await work.outboxOf(row), logged)
}

const supersede = async ({ deps: { work, log } }: Sending, { id, repo, collection, rkey }: OutboxRow): Promise<void> => {
  await work.settle(id, { state: 'failed', cid: null, error: SUPERSEDED })
  log.warn('record.superseded', { repo, collection, rkey })
}

/** False where the PDS did not take them as one: they then go one by one, which tells which of them stands there already. */
const publishTogether = async ({ deps: { work, log }, sender }: Sending, left: readonly Left[]): Promise<boolean> => {
  const repo = left[0]?.row.repo ?? ''
  const rows = left.map(({ row }) => row)
  const cids = await sender.sendTogether(repo, rows).catch(() => null)
  if (cids === null) return false
  for (const [index, row] of rows.entries()) await work.settle(row.id, { state: 'done', cid: cids[index] ?? null, error: null })
  log.info('records.published', { repo, count: rows.length })
  return true
}

const publishOne = async (sending: Sending, row: OutboxRow, replaces: string | null): Promise<boolean> => {
  const { deps, sender, waits } = sending
  const { repo, collection, rkey } = row
  try {
    const cid = await sender.send(row, replaces)
    await deps.work.settle(row.id, { state: 'done', cid, error: null })
    waits.done(repo)
    deps.log.info('record.published', { repo, collection, rkey })
    return true
  } catch (error) {
    if (error instanceof Superseded) {
      await supersede(sending, row)
      return true
    }
    const state = isFinal(row, error) ? ('failed' as const) : ('pending' as const)
    if (state === 'failed') waits.done(repo)
    else waits.failed(repo, row.attempts)
    await deps.work.settle(row.id, { state, cid: null, error: error instanceof Error ? error.message : String(error) })
    return false
  }
}

/** Refused for good, as often as it is asked. */
const isFinal = ({ attempts }: OutboxRow, error: unknown): boolean =>
  error instanceof PdsRefused && error.status === 400 && error.error !== 'ExpiredToken' && attempts + 1 >= PUBLISH_ATTEMPTS
