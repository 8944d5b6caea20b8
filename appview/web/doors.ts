// The doors of an appview, each of which a process may have or leave to others: methods, pages, static files; and what every process tells of itself.

import type { Express } from 'express'
import { catalog } from '../../lexicons/catalog.ts'
import { xrpcRouter } from '../../server/xrpc.ts'
import { XrpcError } from '../../server/xrpc-error.ts'
import { createCallers } from '../auth/caller.ts'
import { openEntriesLacking } from '../close/entries-lacking.ts'
import { parseForm } from '../export/formats.ts'
import type { Queries } from '../queries/queries.ts'
import type { Parts } from '../roles/open-roles.ts'
import { FOLDING_RETRY_S } from '../roles/limits.ts'
import { isStoreAway } from '../store/store-away.ts'
import { clientDocumentsRouter } from './pages/client-documents.ts'
import { createDownloads } from './pages/download.ts'
import type { Downloads } from './pages/download.ts'
import { pagesRouter } from './pages/routes.ts'
import { staticRouter } from './pages/static-files.ts'
import { closeMethods } from './xrpc/close-methods.ts'
import { confirmMethods } from './xrpc/confirm-method.ts'
import { deskMethods } from './xrpc/desk-methods.ts'
import { exportMethods } from './xrpc/export-method.ts'
import { intakeMethods } from './xrpc/intake-method.ts'
import { jobMethods } from './xrpc/job-methods.ts'
import { noticeMethods } from './xrpc/notice-methods.ts'
import { appviewMethods } from './xrpc/methods.ts'
import { SERVICE_ID, didOfUrl, wellKnownRouter } from './xrpc/well-known.ts'

/** Those of the process's roles; gives what has to be closed at the end. */
export const mountDoors = (parts: Parts, app: Express): Downloads => {
  const { roles } = parts
  const lacking = openEntriesLacking(parts.books, parts.roster)
  const pages = { ...parts, ...parts.confirming, entriesLacking: lacking.of }
  const downloads = createDownloads(pages)
  parts.jobs.offerStatements((caller, { code, fiscalYear, format }) =>
    downloads.ofTown(caller, { code, asked: { fiscalYear } }, parseForm('statement', format)),
  )
  if (roles.includes('xrpc')) mountXrpc(parts, downloads, app)
  if (roles.includes('pages')) {
    app.use(clientDocumentsRouter(parts.documents))
    app.get(
      '/network.json',
      async (_req, res) =>
        void res
          .set('Access-Control-Allow-Origin', '*')
          .json({ ...(await networkJson(parts.queries)), entriesLacking: await lacking.all() }),
    )
    app.use(pagesRouter(pages, downloads))
  } else if (roles.includes('static')) mountStatic(app)
  return downloads
}

export const mountStatic = (app: Express): void => void app.use(staticRouter())

const mountXrpc = (parts: Parts, downloads: Downloads, app: Express): void => {
  const { url, store, queries, desks, jobs, confirming, identities, signIn, clock, log, metrics, roster } = parts
  const did = didOfUrl(url)
  const callers = createCallers({ audiences: [did, `${did}${SERVICE_ID}`], identities, signIn, clock })
  const methods = {
    ...appviewMethods(queries, callers),
    ...exportMethods({ ...parts, ...confirming }, downloads, callers),
    ...closeMethods(jobs, callers, queries),
    ...deskMethods(desks, callers),
    ...jobMethods(jobs, callers),
    ...noticeMethods(parts.notices, callers),
    ...intakeMethods({ books: store.books, desk: store.desk, roster, accounts: parts.accounts, clock, dataDir: parts.dataDir }, callers),
    ...confirmMethods({ callers, ...confirming }),
  }
  app.use(wellKnownRouter(url))
  app.use('/xrpc', async (_req, _res, next) => {
    const fitness = await parts.look().catch(unlessAway)
    if (fitness !== 'fit') throw new XrpcError(503, 'BooksNotReady', SENTENCES[fitness], { 'Retry-After': String(FOLDING_RETRY_S) })
    next()
  })
  app.use(xrpcRouter({ catalog, methods, log, metrics }))
}

/** Throws what callers are told. */
const unlessAway = (error: unknown): never => {
  if (!isStoreAway(error)) throw error
  throw new XrpcError(503, 'BooksNotReady', SENTENCES.away, { 'Retry-After': String(FOLDING_RETRY_S) })
}

const SENTENCES = {
  away: 'The store of these books does not answer for now',
  folding: 'The books are being folded anew; nothing is answered from them until they are whole',
  'other-rules': 'The books are kept by another version of this program; this process is to be upgraded',
} as const

/** For programs that wait for the books: how far they are, how far the relay is. */
const networkJson = async (queries: Queries) => {
  const { now, relay, books, hosts, counts } = await queries.networkStatus()
  const lagMs = books.behind === 0 ? 0 : Math.max(0, Date.parse(now) - Date.parse(books.recordedAt))
  const { state, reason, recordedAt, asOf } = books
  return { origin: relay.origin, leaf: books.leaf, leaves: relay.leaves, lagMs, recordedAt, state, reason, asOf, hosts, counts }
}
