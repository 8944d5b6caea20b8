// The beginning of a sign-in: whose account it is, which server stands for it, and the request pushed there. Nothing secret is in the address the browser gets.

import { isDid } from '../../atproto/did.ts'
import type { Did } from '../../atproto/did.ts'
import { isHandle, parseHandle } from '../../atproto/handle.ts'
import { countedAddress } from '../../server/caller-address.ts'
import { createRateLimit } from '../../server/rate-limit.ts'
import type { LoadClient } from './lazy-client.ts'
import { SIGN_IN_WINDOW_MS, SIGN_INS_AT_ONCE, SIGN_INS_PER_ADDRESS } from './limits.ts'
import { errorName } from './error-name.ts'
import type { SignInDeps } from './sign-in.ts'

export type BeginRefusal = 'not-possible' | 'unknown-account' | 'pds-unreachable' | 'server-refused' | 'busy' | 'too-often'

/** What comes back with the browser, sealed meanwhile. `did`: whose sign-in was begun, where it is known. */
export type Pending = { readonly next: string; readonly lang: 'ja' | 'en'; readonly browser: string; readonly did: string | null }

/** `headers` say when to come back, where that is known. */
export type NotBegun = { readonly ok: false; readonly reason: BeginRefusal; readonly headers?: Readonly<Record<string, string>> }

type Begun = { readonly ok: true; readonly location: string } | NotBegun

type Begin = (loadClient: LoadClient, identifier: string, wish: Omit<Pending, 'did'>, ip: string | undefined) => Promise<Begun>

export const beginAt = (deps: SignInDeps): Begin => {
  let underWay = 0
  const perAddress = createRateLimit({ allowed: SIGN_INS_PER_ADDRESS, windowMs: SIGN_IN_WINDOW_MS, clock: deps.clock })
  return async (loadClient, identifier, wish, ip) => {
    const tooMany = perAddress.take(countedAddress(ip))
    if (tooMany !== null) return { ok: false, reason: 'too-often', headers: tooMany }
    if (underWay >= SIGN_INS_AT_ONCE) return { ok: false, reason: 'busy' }
    underWay++
    try {
      const target = await targetOf(deps, identifier)
      if (target === null) return { ok: false, reason: 'unknown-account' }
      return await pushed(deps, loadClient, target, wish)
    } finally {
      underWay--
    }
  }
}

type Target = { readonly did: Did } | { readonly service: string }

const pushed = async ({ log }: SignInDeps, loadClient: LoadClient, target: Target, wish: Omit<Pending, 'did'>): Promise<Begun> => {
  const did = 'did' in target ? target.did : null
  const state = JSON.stringify({ ...wish, did } satisfies Pending)
  const { client, failureOf } = await loadClient()
  try {
    const location = await client.authorize('did' in target ? target.did : target.service, { state, ui_locales: wish.lang })
    return { ok: true, location: location.href }
  } catch (error) {
    log.info('sign-in.not-begun', { error: errorName(error) })
    const failure = failureOf(error)
    if (failure.kind === 'answered') return { ok: false, reason: 'server-refused' }
    return { ok: false, reason: did === null && failure.kind === 'unresolved' ? 'unknown-account' : 'pds-unreachable' }
  }
}

/** A handle or DID whose identity is known; else, where it could be one, the address of a server. */
const targetOf = async (deps: SignInDeps, identifier: string): Promise<Target | null> => {
  const text = identifier.trim().replace(/^(?:@|at:\/\/)/, '')
  if (/^https?:\/\//.test(text)) return serviceOf(text, deps.allowLoopback)
  const did = await didOf(deps, text)
  if (did !== null) return (await hasPds(deps, did)) ? { did } : null
  return isHandle(text.toLowerCase()) ? serviceOf(`https://${text}`, deps.allowLoopback) : null
}

const serviceOf = (text: string, allowLoopback: boolean): Target | null => {
  if (!URL.canParse(text)) return null
  const { origin, protocol } = new URL(text)
  return protocol === 'https:' || allowLoopback ? { service: origin } : null
}

const didOf = async ({ resolveHandle }: SignInDeps, text: string): Promise<Did | null> => {
  if (isDid(text)) return text
  if (!isHandle(text.toLowerCase())) return null
  return resolveHandle(parseHandle(text)).catch(() => null)
}

const hasPds = async ({ identities }: SignInDeps, did: Did): Promise<boolean> => {
  const identity = await identities.get(did).catch(() => null)
  return identity !== null && identity.pds !== null
}
