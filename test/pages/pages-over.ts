// The pages over a store of their own, without any other server: for states of the books a network would need days for, and for stores that fail.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { createIdentityCache } from '../../atproto/identity-cache.ts'
import { createDidResolver } from '../../atproto/resolve-did.ts'
import { createHandleResolver } from '../../atproto/resolve-handle.ts'
import { createAccess } from '../../appview/auth/access.ts'
import { createLocalSignIn } from '../../appview/auth/local-sign-in.ts'
import { createLocalWrites } from '../../appview/auth/local-writes.ts'
import { createQueries } from '../../appview/queries/queries.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import type { Books } from '../../appview/store/store.ts'
import { pagesRouter } from '../../appview/web/pages/routes.ts'
import { settableClock } from '../../server/clock.ts'
import type { Facts, Log } from '../../server/log.ts'
import { silentLog } from '../../server/log.ts'
import { createMetrics } from '../../server/metrics.ts'
import { serve } from '../../server/serve.ts'
import { Visitor } from './visitor.ts'

export const CODE = '172014'

/** `change` replaces what the books answer; `lines` are what was logged. */
export const pagesOver = async (t: TestContext, change: (books: Books) => Partial<Books>, { isLocal = false, codes = [CODE] } = {}) => {
  const dir = mkdtempSync(join(tmpdir(), 'waki-pages-'))
  const store = openSqliteStore(join(dir, 'appview.sqlite'))
  const books: Books = Object.assign(Object.create(store.books), change(store.books))
  const clock = settableClock(Date.parse('2026-11-21T03:00:00.000Z'))
  const lines: { event: string; facts: Facts }[] = []
  const note = (event: string, facts: Facts = {}): void => void lines.push({ event, facts })
  const log: Log = { ...silentLog, info: note, warn: note, error: note }
  const roster = () => codes.map((code) => ({ code, did: `did:plc:${code.padEnd(24, 'a')}`, fromLeaf: 1 }))
  const resolveHandle = createHandleResolver({ fetch })
  const identities = createIdentityCache({
    resolveDid: createDidResolver({ fetch, plcUrl: 'http://localhost:1' }),
    nowMs: () => clock.realMs(),
  })
  const follow = () => ({
    state: 'connecting' as const,
    reason: null,
    origin: null,
    leaf: 0,
    recordedAt: '',
    relayLeaves: null,
    counts: {},
  })
  const queries = createQueries({
    books,
    access: createAccess({ books, roster }),
    clock,
    roster,
    follow,
    relayUrl: 'http://localhost:1',
    fetch,
  })
  const signIn = createLocalSignIn({ work: store.work, identities, resolveHandle, fetch, clock, isPossible: isLocal })
  const writes = createLocalWrites({ work: store.work, fetch })
  const running = await serve({
    name: 'pages',
    host: '127.0.0.1',
    port: 0,
    clock,
    log: silentLog,
    metrics: createMetrics('pages', false),
    settable: false,
    setup: (app, _server, { url }) => {
      app.use(pagesRouter({ queries, books, signIn, writes, identities, resolveHandle, clock, log, url }))
      return () => store.close()
    },
  })
  t.after(async () => {
    await running.close()
    rmSync(dir, { recursive: true, force: true })
  })
  return { visitor: new Visitor(running.url), lines, store, clock }
}
