// Sign-in for a network that lives on one machine: the password goes through the page to the person's own PDS and is not kept.
// Exists only where every server is bound to loopback, until OAuth stands. The cookie names a session in the store; tokens never leave the server.

import { randomBytes } from 'node:crypto'
import { isDid } from '../../atproto/did.ts'
import type { Did } from '../../atproto/did.ts'
import { isHandle, parseHandle } from '../../atproto/handle.ts'
import type { IdentityCache } from '../../atproto/identity-cache.ts'
import type { HandleResolver } from '../../atproto/resolve-handle.ts'
import type { Clock } from '../../server/clock.ts'
import { isLoopbackHost } from '../../server/local-caller.ts'
import type { LocalSession, Session, Work } from '../store/work.ts'
import { SESSION_LIFE_MS } from './limits.ts'
import { PdsRefused, callPds, neededText } from './pds-call.ts'

export type SignInRefusal = 'not-possible' | 'unknown-account' | 'wrong-password' | 'pds-unreachable'

export type SignInOutcome =
  | { readonly ok: true; readonly session: Session; readonly cookie: string }
  | { readonly ok: false; readonly reason: SignInRefusal }

export type LocalSignIn = {
  readonly isPossible: boolean
  signIn(identifier: string, password: string): Promise<SignInOutcome>
  /** Ends the session; gives the cookie that removes it. */
  signOut(cookieHeader: string | undefined): Promise<string>
  sessionOf(cookieHeader: string | undefined): Promise<Session | null>
  hadSession(cookieHeader: string | undefined): boolean
}

export type LocalSignInDeps = {
  readonly work: Work
  readonly identities: IdentityCache
  readonly resolveHandle: HandleResolver
  readonly fetch: typeof fetch
  readonly clock: Clock
  readonly isPossible: boolean
}

const COOKIE = 'waki_session'

export const createLocalSignIn = (deps: LocalSignInDeps): LocalSignIn => {
  const { work, clock, isPossible } = deps
  return {
    isPossible,
    signIn: async (identifier, password) => {
      if (!isPossible) return { ok: false, reason: 'not-possible' }
      const did = await resolve(deps, identifier.trim().replace(/^@/, ''))
      const pds = did === null ? null : ((await deps.identities.get(did).catch(() => null))?.pds ?? null)
      if (did === null || pds === null || !isLoopbackHost(new URL(pds).hostname)) return { ok: false, reason: 'unknown-account' }
      const session = await openSession(deps, did, pds, password)
      if (typeof session === 'string') return { ok: false, reason: session }
      await work.dropSessionsBefore(clock.realMs())
      await work.putSession(session)
      return { ok: true, session, cookie: cookieOf(session.id, SESSION_LIFE_MS / 1000) }
    },
    signOut: async (cookieHeader) => {
      const id = idIn(cookieHeader)
      if (id !== null) await work.dropSession(id)
      return cookieOf('', 0)
    },
    hadSession: () => false,
    sessionOf: async (cookieHeader) => {
      const id = isPossible ? idIn(cookieHeader) : null
      return id === null ? null : work.session(id, clock.realMs())
    },
  }
}

const resolve = async ({ resolveHandle }: LocalSignInDeps, identifier: string): Promise<Did | null> => {
  if (isDid(identifier)) return identifier
  if (!isHandle(identifier)) return null
  return resolveHandle(parseHandle(identifier)).catch(() => null)
}

const openSession = async (deps: LocalSignInDeps, did: Did, pds: string, password: string): Promise<LocalSession | SignInRefusal> => {
  try {
    const answer = await callPds(deps.fetch, pds, 'com.atproto.server.createSession', { identifier: did, password }, null)
    if (neededText(answer, 'did') !== did) return 'unknown-account'
    return {
      id: randomBytes(32).toString('base64url'),
      did,
      handle: neededText(answer, 'handle'),
      pds,
      accessJwt: neededText(answer, 'accessJwt'),
      refreshJwt: neededText(answer, 'refreshJwt'),
      expiresMs: deps.clock.realMs() + SESSION_LIFE_MS,
    }
  } catch (error) {
    return error instanceof PdsRefused && error.status < 500 ? 'wrong-password' : 'pds-unreachable'
  }
}

const cookieOf = (id: string, seconds: number): string => `${COOKIE}=${id}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${seconds}`

const idIn = (header: string | undefined): string | null => {
  for (const part of (header ?? '').split(';')) {
    const [name, value] = part.trim().split('=')
    if (name === COOKIE && value !== undefined && value !== '') return value
  }
  return null
}
