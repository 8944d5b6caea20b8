// The pages over a store of their own, without any other server: for states of the books a network would need days for, and for stores that fail.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { createIdentityCache } from '../../atproto/identity-cache.ts'
import { createDidResolver } from '../../atproto/resolve-did.ts'
import { createHandleResolver } from '../../atproto/resolve-handle.ts'
import { inTurnByKey } from '../../server/in-turn.ts'
import { createAccess } from '../../appview/auth/access.ts'
import type { Keep } from '../../appview/auth/keep.ts'
import { openSignIn } from '../../appview/auth/open-sign-in.ts'
import { createDesk } from '../../appview/desk/desk.ts'
import { openDesks } from '../../appview/desk/office.ts'
import { hookKeys } from '../../appview/notify/hook-key.ts'
import { createDeskHooks, createHooks } from '../../appview/notify/set-hook.ts'
import { createNotices } from '../../appview/notify/read-notices.ts'
import { openJobDesk } from '../../appview/jobs/open-jobs.ts'
import { openConfirm } from '../../appview/confirm/open-confirm.ts'
import { createQueries } from '../../appview/queries/queries.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import type { Roster } from '../../appview/journal/model.ts'
import type { Books } from '../../appview/store/store.ts'
import { clientDocumentsRouter } from '../../appview/web/pages/client-documents.ts'
import { pagesRouter } from '../../appview/web/pages/routes.ts'
import { settableClock } from '../../server/clock.ts'
import type { Facts, Log } from '../../server/log.ts'
import { silentLog } from '../../server/log.ts'
import { createMetrics } from '../../server/metrics.ts'
import { serve } from '../../server/serve.ts'
import { Visitor } from './visitor.ts'
import { notFollowing } from '../support/not-following.ts'

export const CODE = '172014'

/** `publicUrl`: under which the site believes it is reached; `plcUrl`, `fetch`: where and how it looks for others. */
type Options = {
  readonly publicUrl?: string
  readonly codes?: readonly string[]
  readonly towns?: Roster
  readonly from?: string
  readonly plcUrl?: string
  readonly fetch?: typeof fetch
}

/** `change` replaces what the books answer; `lines` are what was logged. */
export const pagesOver = async (t: TestContext, change: (books: Books) => Partial<Books>, options: Options = {}) => {
  const { publicUrl, codes = [CODE], towns, from = '2026-11-21T03:00:00.000Z', plcUrl = 'http://localhost:1' } = options
  const asking = options.fetch ?? fetch
  const dir = mkdtempSync(join(tmpdir(), 'waki-pages-'))
  const store = openSqliteStore(join(dir, 'appview.sqlite'))
  const books: Books = Object.assign(Object.create(store.books), change(store.books))
  const clock = settableClock(Date.parse(from))
  const lines: { event: string; facts: Facts }[] = []
  const note = (event: string, facts: Facts = {}): void => void lines.push({ event, facts })
  const log: Log = { ...silentLog, info: note, warn: note, error: note }
  const roster = () => towns ?? codes.map((code) => ({ code, did: `did:plc:${code.padEnd(24, 'a')}`, fromLeaf: 1 }))
  const resolveHandle = createHandleResolver({ fetch: asking })
  const identities = createIdentityCache({
    resolveDid: createDidResolver({ fetch: asking, plcUrl }),
    nowMs: () => clock.realMs(),
  })
  const queries = createQueries({
    books,
    access: createAccess({ books, roster }),
    clock,
    roster,
    follow: notFollowing,
    relayUrl: 'http://localhost:1',
    fetch,
  })
  const known = { work: store.work, identities, resolveHandle, fetch: asking, clock, log }
  let kept: Keep | undefined
  const running = await serve({
    name: 'pages',
    host: '127.0.0.1',
    port: 0,
    publicUrl,
    clock,
    log: silentLog,
    metrics: createMetrics('pages', false),
    settable: false,
    setup: async (app, _server, { url }) => {
      const { keep, signIn, writes, documents } = await openSignIn({
        ...known,
        lock: inTurnByKey(),
        dataDir: dir,
        url,
        allowLoopback: publicUrl === undefined,
      })
      app.use(clientDocumentsRouter(documents))
      kept = keep
      const desks = createDesk({ books, desk: store.desk, roster, accounts: new Map(), clock, flush: () => {} })
      const jobs = openJobDesk({ store, dataDir: dir, roster, accounts: new Map(), clock })
      const hooks = createHooks({ work: store.work, keys: hookKeys(Buffer.alloc(32)), clock, allowLoopback: true })
      const deskHooks = createDeskHooks(hooks, openDesks({ books, desk: store.desk, roster, accounts: new Map(), clock, flush: () => {} }))
      const closing = { ...store, books, roster, canPublish: async () => false, askLog: async () => null, flush: async () => {}, clock }
      const confirming = openConfirm({ ...closing, keep })
      app.use(
        pagesRouter({
          queries,
          books,
          signIn,
          writes,
          roster,
          desks,
          jobs,
          notices: createNotices({ work: store.work, books }),
          hooks,
          deskHooks,
          closing,
          ...confirming,
          identities,
          resolveHandle,
          clock,
          log,
          url,
        }),
      )
      return () => store.close()
    },
  })
  t.after(async () => {
    await running.close()
    rmSync(dir, { recursive: true, force: true })
  })
  const url = `http://localhost:${running.port}`
  return { url, port: running.port, visitor: new Visitor(url), lines, store, clock, keep: kept ?? assert.fail('it is open') }
}
