// 町内会のきろく: a small app that is not Waki's. A neighbourhood association's members record that they took part, under the code of the occasion, and see it
// confirmed. Start it with `npx node examples/neighbour-app/main.ts`; docs/write-an-app.md walks through it.

import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import express from 'express'
import type { Request, Response } from 'express'
import type { NodeOAuthClient, OAuthSession } from '@atproto/oauth-client-node'
import { beginSignIn, createClient, metadataFor } from './client.ts'
import { actsPage, refusalsPage, signInPage } from './pages.ts'
import { settings } from './settings.ts'
import { actsOf, recordAct, Refused, tryMore } from './waki.ts'

const COOKIE = 'neighbour_session'
/** Which browser is whose. */
const signedIn = new Map<string, { readonly did: string; readonly handle: string }>()

const cookieOf = (req: Request): string => new RegExp(`(?:^|; )${COOKIE}=([\\w-]+)`).exec(req.headers.cookie ?? '')?.[1] ?? ''
const setCookie = (res: Response, value: string, url: string): void =>
  void res.append('Set-Cookie', `${COOKIE}=${value}; Path=/; HttpOnly; SameSite=Lax${url.startsWith('https:') ? '; Secure' : ''}`)

type Own = { readonly handle: string; readonly session: OAuthSession }

/** The person's session; null when they are not signed in, or ended this app's permission at their server. */
const ownOf = async (client: NodeOAuthClient, req: Request): Promise<Own | null> => {
  const who = signedIn.get(cookieOf(req))
  if (who === undefined) return null
  const session = await client.restore(who.did).catch(() => null)
  return session === null ? null : { handle: who.handle, session }
}

const routes = (client: NodeOAuthClient, url: string): express.Router => {
  const router = express.Router()
  router.get('/client-metadata.json', (_req, res) => void res.json(metadataFor(url)))
  router.use(express.urlencoded({ extended: false }))
  // Forms are taken from our own pages only.
  router.use((req, res, next) => {
    if (req.method !== 'POST' || req.get('Sec-Fetch-Site') === 'same-origin') return next()
    res.status(403).send('Not from a page of this app')
  })
  router.get('/', async (req, res) => {
    const own = await ownOf(client, req)
    res.send(own === null ? signInPage('') : actsPage(own.handle, await actsOf(own.session)))
  })
  router.post('/sign-in', async (req, res) => {
    const browser = randomBytes(32).toString('base64url')
    const handle = String(req.body['handle'] ?? '').trim()
    const location = await beginSignIn(client, handle, browser).catch(() => null)
    if (location === null)
      return void res.status(422).send(signInPage('そのハンドルではサインインできません。No sign-in with this handle.'))
    setCookie(res, browser, url)
    res.redirect(303, location.href)
  })
  router.get('/callback', async (req, res) => {
    const back = await client.callback(new URL(req.originalUrl, url).searchParams).catch(() => null)
    const browser = cookieOf(req)
    // Who comes back is who began: another browser's sign-in is not taken.
    if (back === null || back.state !== browser)
      return void res.status(400).send(signInPage('サインインできませんでした。It did not work.'))
    const { did } = back.session
    signedIn.set(browser, { did, handle: (await client.identityResolver.resolve(did)).handle })
    res.redirect(303, '/')
  })
  router.use(async (req, res, next) => {
    const own = await ownOf(client, req)
    if (own === null) return void res.status(401).send(signInPage('もう一度サインインしてください。Please sign in again.'))
    res.locals['own'] = own
    next()
  })
  router.post('/acts', async (req, res) => {
    const { session } = parseOwn(res.locals['own'])
    await recordAct(session, { category: 'environment', minutes: Number(req.body['minutes']), eventCode: String(req.body['eventCode']) })
    res.redirect(303, '/')
  })
  router.post('/try-more', async (_req, res) => void res.send(refusalsPage(await tryMore(parseOwn(res.locals['own']).session))))
  router.post('/sign-out', async (req, res) => {
    signedIn.delete(cookieOf(req))
    await parseOwn(res.locals['own']).session.signOut()
    setCookie(res, '', url)
    res.redirect(303, '/')
  })
  router.use((error: unknown, _req: Request, res: Response, next: express.NextFunction) => {
    if (!(error instanceof Refused)) return next(error)
    res.status(502).send(signInPage(`${error.code}: ${error.message}`))
  })
  return router
}

const parseOwn = (value: unknown): Own => value as Own

const app = express()
const server = createServer(app).listen(settings.port, '127.0.0.1', () => {
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : settings.port
  const url = settings.publicUrl ?? `http://127.0.0.1:${port}`
  app.use(routes(createClient(url), url))
  process.stdout.write(`町内会のきろく: ${url}\n`)
})
