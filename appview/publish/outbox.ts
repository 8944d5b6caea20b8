// Records the appview writes into its towns' repos: kept in the store first, under a key fixed there, then published. A crash between publishing and
// noting it leaves a pending row; publishing it again meets RecordAlreadyExists, which is how it learns that it was done. What is deleted is not there again.

import { TidClock } from '../../atproto/tid.ts'
import type { Clock } from '../../server/clock.ts'
import type { Log } from '../../server/log.ts'
import { PdsRefused, callPds, neededText } from '../auth/pds-call.ts'
import type { Fields } from '../auth/pds-call.ts'
import type { OutboxRow, Work } from '../store/store.ts'
import { wokenBy } from '../store/woken.ts'
import { PUBLISH_ATTEMPTS, PUBLISH_BATCH, PUBLISH_EVERY_MS, PUBLISH_RETRY_FIRST_MS, PUBLISH_RETRY_MAX_MS } from './limits.ts'
import type { PublishAccounts } from './publish-file.ts'

export type Outbox = {
  /** Keeps a record to be published; resolves once it is stored. Gives its uri. */
  add(repo: string, collection: string, record: Fields): Promise<string>
  /** Publishes what is pending now; resolves when each has been tried once. */
  flush(): Promise<void>
  /** The same, for who does not wait: a failure is logged. */
  wake(): void
  close(): Promise<void>
}

export type OutboxDeps = {
  readonly work: Work
  readonly accounts: PublishAccounts
  readonly fetch: typeof fetch
  readonly clock: Clock
  readonly log: Log
}

/** Starts publishing what an earlier run left pending. */
export const openOutbox = (deps: OutboxDeps): Outbox => {
  const tids = new TidClock(() => deps.clock.civilMs())
  const tokens = new Map<string, string>()
  let turn: Promise<void> = Promise.resolve()
  let next: Promise<void> | null = null
  const publish = (): Promise<void> => {
    next = null
    return publishPending(deps, tokens)
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

const publishPending = async (deps: OutboxDeps, tokens: Map<string, string>): Promise<void> => {
  const rows = await deps.work.pending(deps.clock.realMs(), PUBLISH_BATCH)
  const stuck = new Set<string>()
  for (const run of runsOf(rows)) {
    if (run.length > 1 && !isStuck(stuck, run) && (await publishTogether(deps, tokens, run))) continue
    for (const row of run) {
      // Records of one repo keep their order: behind one that has to wait, the others wait too.
      if (stuck.has(row.repo)) continue
      if (!(await publishOne(deps, tokens, row))) stuck.add(row.repo)
    }
  }
}

const isStuck = (stuck: ReadonlySet<string>, [first]: readonly OutboxRow[]): boolean => first !== undefined && stuck.has(first.repo)

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

/** False where the PDS did not take them as one: they then go one by one, which tells which of them stands there already. */
const publishTogether = async (deps: OutboxDeps, tokens: Map<string, string>, run: readonly OutboxRow[]): Promise<boolean> => {
  const repo = run[0]?.repo ?? ''
  const $type = 'com.atproto.repo.applyWrites#create'
  const writes = run.map(({ collection, rkey, record }) => ({ $type, collection, rkey, value: record }))
  try {
    const { results } = await callAs(deps, tokens, repo, 'com.atproto.repo.applyWrites', { repo, writes })
    for (const [index, row] of run.entries())
      await deps.work.settle(row.id, { state: 'done', nextMs: 0, cid: cidAt(results, index), error: null })
    deps.log.info('records.published', { repo, count: run.length })
    return true
  } catch {
    tokens.delete(repo)
    return false
  }
}

const cidAt = (results: unknown, index: number): string | null => {
  const result: unknown = Array.isArray(results) ? results[index] : undefined
  return typeof result === 'object' && result !== null && 'cid' in result && typeof result.cid === 'string' ? result.cid : null
}

const publishOne = async (deps: OutboxDeps, tokens: Map<string, string>, row: OutboxRow): Promise<boolean> => {
  try {
    const cid = await write(deps, tokens, row)
    await deps.work.settle(row.id, { state: 'done', nextMs: 0, cid, error: null })
    deps.log.info('record.published', { repo: row.repo, collection: row.collection, rkey: row.rkey })
    return true
  } catch (error) {
    if (error instanceof PdsRefused && error.error === (row.verb === 'delete' ? 'RecordNotFound' : 'RecordAlreadyExists')) {
      await deps.work.settle(row.id, { state: 'done', nextMs: 0, cid: null, error: null })
      return true
    }
    tokens.delete(row.repo)
    await deps.work.settle(row.id, retryOf(deps, row, error))
    return false
  }
}

/** The CID of what stands there then. */
const write = async (deps: OutboxDeps, tokens: Map<string, string>, row: OutboxRow): Promise<string | null> => {
  const { repo, collection, rkey, record } = row
  if (row.verb === 'delete') {
    await callAs(deps, tokens, repo, 'com.atproto.repo.deleteRecord', { repo, collection, rkey })
    return null
  }
  const method = row.verb === 'create' ? 'com.atproto.repo.createRecord' : 'com.atproto.repo.putRecord'
  return neededText(await callAs(deps, tokens, repo, method, { repo, collection, rkey, record }), 'cid')
}

/** As the account of the repo, under the token it has. */
const callAs = async (deps: OutboxDeps, tokens: Map<string, string>, repo: string, method: string, input: Fields): Promise<Fields> => {
  const account = await deps.accounts.get(repo)
  if (account === undefined) throw new Error(`PUBLISH_FILE has no account for ${repo}`)
  const token = tokens.get(repo) ?? (await signIn(deps, account))
  tokens.set(repo, token)
  return callPds(deps.fetch, account.pds, method, input, token)
}

const signIn = async (deps: OutboxDeps, account: { pds: string; identifier: string; appPassword: string }): Promise<string> => {
  const { pds, identifier, appPassword } = account
  return neededText(
    await callPds(deps.fetch, pds, 'com.atproto.server.createSession', { identifier, password: appPassword }, null),
    'accessJwt',
  )
}

const retryOf = ({ clock }: OutboxDeps, row: OutboxRow, error: unknown) => {
  const isFinal =
    error instanceof PdsRefused && error.status === 400 && error.error !== 'ExpiredToken' && row.attempts + 1 >= PUBLISH_ATTEMPTS
  const waitMs = Math.min(PUBLISH_RETRY_FIRST_MS * 2 ** row.attempts, PUBLISH_RETRY_MAX_MS)
  return {
    state: isFinal ? ('failed' as const) : ('pending' as const),
    nextMs: clock.realMs() + waitMs,
    cid: null,
    error: error instanceof Error ? error.message : String(error),
  }
}
