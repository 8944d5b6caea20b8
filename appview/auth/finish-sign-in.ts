// The end of a sign-in: the browser comes back from the account's server with a code, or with a no.
// Checks, in order: the request is known and fresh; this browser began it; then the client's own (issuer, code, whose DID the server may speak for).

import { createHash, timingSafeEqual } from 'node:crypto'
import type { NodeOAuthClient } from '@atproto/oauth-client-node'
import { parseDid } from '../../atproto/did.ts'
import type { Pending } from './begin-sign-in.ts'
import { parseState } from './kept-values.ts'
import { errorName } from './error-name.ts'
import type { SignInDeps, Wish } from './sign-in.ts'

export type FinishRefusal = 'not-possible' | 'expired' | 'other-browser' | 'denied' | 'not-finished'

type Finish = Wish &
  ({ readonly ok: true; readonly did: string; readonly handle: string } | { readonly ok: false; readonly reason: FinishRefusal })

const NO_WISH: Wish = { next: '/me', lang: 'ja' }

export const finishWith = async (deps: SignInDeps, params: URLSearchParams, browser: string | null): Promise<Finish> => {
  const { loadClient, keep, log } = deps
  if (loadClient === null) return { ...NO_WISH, ok: false, reason: 'not-possible' }
  const state = parseState(await keep.get('request', params.get('state') ?? ''))
  const pending = parsePending(state?.appState)
  if (pending === null) return { ...NO_WISH, ok: false, reason: 'expired' }
  const wish: Wish = { next: pending.next, lang: pending.lang }
  if (!isSame(browser ?? '', pending.browser)) return { ...wish, ok: false, reason: 'other-browser' }
  const { client, failureOf } = await loadClient()
  try {
    if (params.has('code')) await tryFormerGrant(deps, client, pending.did)
    const { session } = await client.callback(params)
    return { ...wish, ok: true, did: session.did, handle: await handleOf(deps, session.did) }
  } catch (error) {
    const isDenied = params.get('error') === 'access_denied'
    log.info('sign-in.not-finished', { error: errorName(error), isDenied, failure: failureOf(error) })
    return { ...wish, ok: false, reason: isDenied ? 'denied' : 'not-finished' }
  }
}

/** Before a new grant takes the place of a former one: if the person ended that at their server, sessions that stood on it end as well. */
const tryFormerGrant = async ({ keep }: SignInDeps, client: NodeOAuthClient, did: string | null): Promise<void> => {
  if (did !== null && (await keep.get('grant', did)) !== undefined) await client.restore(did, true).catch(() => undefined)
}

const handleOf = async ({ identities }: SignInDeps, did: string): Promise<string> => (await identities.get(parseDid(did))).handle ?? did

const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b))
const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

const parsePending = (text: string | undefined): Pending | null => (text === undefined ? null : (JSON.parse(text) as Pending))
