// Sign-in by OAuth with an account on any PDS: begun here, granted there, finished here. A cookie names a session of this browser; everything else
// stays on this server, sealed. Promises: who began is who comes back; a grant that ends at the PDS ends every session that stands on it.

import { randomBytes } from 'node:crypto'
import type { Clock } from '../../server/clock.ts'
import type { Log } from '../../server/log.ts'
import type { Session } from '../store/work.ts'
import { beginAt, type NotBegun } from './begin-sign-in.ts'
import type { Cookies } from './cookies.ts'
import { errorName } from './error-name.ts'
import { finishWith, type FinishRefusal } from './finish-sign-in.ts'
import type { IdentityCache } from '../../atproto/identity-cache.ts'
import type { HandleResolver } from '../../atproto/resolve-handle.ts'
import type { Keep } from './keep.ts'
import { parseGrant } from './kept-values.ts'
import type { LoadClient } from './lazy-client.ts'
import { REQUEST_LIFE_MS, SESSION_LIFE_MS } from './limits.ts'

/** What is asked at the beginning and given back at the end. */
export type Wish = { readonly next: string; readonly lang: 'ja' | 'en' }

export type Begun = { readonly ok: true; readonly location: string; readonly cookies: readonly string[] } | NotBegun

export type Finished = Wish &
  ({ readonly ok: true; readonly cookies: readonly string[] } | { readonly ok: false; readonly reason: FinishRefusal })

export type SignIn = {
  readonly isPossible: boolean
  /** Somebody is about to sign in. */
  getReady(): void
  /** By handle, DID, or the address of a PDS; `ip` is where the browser is. Gives the address at the account's own server where the browser goes on. */
  begin(identifier: string, wish: Wish, ip: string | undefined): Promise<Begun>
  finish(params: URLSearchParams, cookieHeader: string | undefined): Promise<Finished>
  /** Ends the session; the last one of an account gives the grant back to its server. */
  signOut(cookieHeader: string | undefined): Promise<readonly string[]>
  sessionOf(cookieHeader: string | undefined): Promise<Session | null>
  /** Whether this browser was signed in, perhaps no longer. */
  hadSession(cookieHeader: string | undefined): boolean
}

export type SignInDeps = {
  /** Null where sign-in is not possible. */
  readonly loadClient: LoadClient | null
  readonly keep: Keep
  readonly cookies: Cookies
  readonly identities: IdentityCache
  readonly resolveHandle: HandleResolver
  readonly clock: Clock
  readonly log: Log
  readonly allowLoopback: boolean
}

export const SESSION_COOKIE = 'waki_session'
export const BROWSER_COOKIE = 'waki_browser'
const ID_BYTES = 32

const newId = (): string => randomBytes(ID_BYTES).toString('base64url')

export const createSignIn = (deps: SignInDeps): SignIn => {
  const { loadClient, keep, cookies, clock, log } = deps
  const sessionIn = (header: string | undefined): string | null => cookies.read(header, SESSION_COOKIE)
  const begin = beginAt(deps)
  const askAgain = asksBehind(log)
  const giveBack = async (did: string): Promise<void> => {
    const loaded = await loadClient?.()
    await loaded?.client.revoke(did).catch((error: unknown) => log.warn('grant.not-revoked', { error: errorName(error) }))
  }
  return {
    isPossible: loadClient !== null,
    getReady: () => void loadClient?.().catch((error: unknown) => log.error('sign-in.failed', { error })),
    begin: async (identifier, wish, ip) => {
      if (loadClient === null) return { ok: false, reason: 'not-possible' }
      const browser = newId()
      const begun = await begin(loadClient, identifier, { ...wish, browser }, ip)
      if (!begun.ok) return begun
      await keep.dropExpired()
      return { ...begun, cookies: [cookies.set(BROWSER_COOKIE, browser, REQUEST_LIFE_MS / 1000)] }
    },
    finish: async (params, header) => {
      const finished = await finishWith(deps, params, cookies.read(header, BROWSER_COOKIE))
      if (!finished.ok) return finished
      const id = newId()
      const { did, handle } = finished
      const session: Session = { did, handle, expiresMs: clock.realMs() + SESSION_LIFE_MS }
      const former = sessionIn(header)
      if (former !== null) await keep.drop('session', former)
      await keep.put('session', id, session, { owner: did, lifeMs: SESSION_LIFE_MS })
      log.info('sign-in.finished')
      const { next, lang } = finished
      return {
        ok: true,
        next,
        lang,
        cookies: [cookies.set(SESSION_COOKIE, id, SESSION_LIFE_MS / 1000), cookies.set(BROWSER_COOKIE, '', 0)],
      }
    },
    signOut: async (header) => {
      const id = sessionIn(header)
      const session = id === null ? undefined : parseKeptSession(await keep.take('session', id))
      if (session !== undefined && (await keep.countOwned('session', session.did)) === 0) await giveBack(session.did)
      return [cookies.set(SESSION_COOKIE, '', 0)]
    },
    sessionOf: async (header) => {
      const id = sessionIn(header)
      const session = id === null ? undefined : parseKeptSession(await keep.get('session', id))
      const grant = session === undefined ? undefined : parseGrant(await keep.get('grant', session.did))
      if (session === undefined || grant === undefined) return null
      if (loadClient !== null && isOver(grant.tokenSet?.expires_at, clock.realMs())) askAgain(loadClient, session.did)
      return session
    },
    hadSession: (header) => sessionIn(header) !== null,
  }
}

/** Whoever only reads calls their server for nothing: when their token is over it is renewed behind the answer, so that a permission taken back is noticed. */
const asksBehind = (log: Log): ((loadClient: LoadClient, did: string) => void) => {
  const underWay = new Set<string>()
  return (loadClient, did) => {
    if (underWay.has(did)) return
    underWay.add(did)
    void loadClient()
      .then(({ client }) => client.restore(did))
      .catch((error: unknown) => log.info('grant.not-renewed', { error: errorName(error) }))
      .finally(() => underWay.delete(did))
  }
}

const isOver = (expiresAt: string | undefined, nowMs: number): boolean => expiresAt !== undefined && Date.parse(expiresAt) <= nowMs

// Written by `finish` above and by nobody else.
const parseKeptSession = (value: unknown): Session | undefined => value as Session | undefined
