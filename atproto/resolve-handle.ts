// Handle → DID, by DNS TXT (preferred) and by https; two answers that disagree are none.
// In a local network a suffix may name the server to ask. https://atproto.com/specs/handle#handle-resolution

import { resolveTxt as systemResolveTxt } from 'node:dns/promises'
import { isDid, parseDid } from './did.ts'
import type { Did } from './did.ts'
import type { Handle } from './handle.ts'
import { HANDLE_ANSWER_MAX_BYTES, IDENTITY_TIMEOUT_MS } from './limits.ts'
import { readBody } from './read-body.ts'

export type HandleFailure = 'not-found' | 'conflict' | 'malformed'

export class UnresolvedHandle extends Error {
  override readonly name = 'UnresolvedHandle'
  readonly code: HandleFailure
  constructor(code: HandleFailure, detail: string) {
    super(detail)
    this.code = code
  }
}

/** Throws UnresolvedHandle. The answer is the handle's claim: whether the DID claims it back is for the caller. */
export type HandleResolver = (handle: Handle, signal?: AbortSignal) => Promise<Did>

export type HandleResolverOptions = {
  /** Must send the Host header it is given where `handleHosts` are used, which the global fetch does not. */
  readonly fetch: typeof fetch
  /** Suffix like `.pds1.test` → origin that answers for its handles. The longest suffix that fits is asked, and nobody else. */
  readonly handleHosts?: Readonly<Record<string, string>>
  readonly resolveTxt?: (name: string) => Promise<string[][]>
  /** Allows http and private addresses for `handleHosts`. */
  readonly allowLoopback?: boolean
  readonly timeoutMs?: number
}

/** Names that DNS never knows. */
const RESERVED = /\.(?:test|local|localhost|invalid|example|internal|arpa|onion|alt)$/

export function createHandleResolver(options: HandleResolverOptions): HandleResolver {
  const hosts = Object.entries(options.handleHosts ?? {}).sort(([a], [b]) => b.length - a.length)
  return async (handle, signal) => {
    const timeout = AbortSignal.timeout(options.timeoutMs ?? IDENTITY_TIMEOUT_MS)
    const until = signal === undefined ? timeout : AbortSignal.any([signal, timeout])
    const host = hosts.find(([suffix]) => fits(handle, suffix))
    if (host !== undefined) return askHost(options, new URL(host[1]), handle, until)
    if (RESERVED.test(handle)) throw new UnresolvedHandle('not-found', `${handle} is of a reserved domain`)
    return askNetwork(options, handle, until)
  }
}

const fits = (handle: Handle, suffix: string): boolean =>
  handle.endsWith(suffix.startsWith('.') ? suffix : `.${suffix}`) || handle === suffix

async function askHost(options: HandleResolverOptions, origin: URL, handle: Handle, signal: AbortSignal): Promise<Did> {
  if (origin.protocol !== 'https:' && !(options.allowLoopback ?? false))
    throw new UnresolvedHandle('not-found', `${origin.href} is not https`)
  const did = await askWellKnown(options.fetch, origin, signal, { host: handle })
  if (did === undefined) throw new UnresolvedHandle('not-found', `${handle} is not known at ${origin.href}`)
  return did
}

async function askNetwork(options: HandleResolverOptions, handle: Handle, signal: AbortSignal): Promise<Did> {
  const [byTxt, byWeb] = await Promise.all([
    askTxt(options.resolveTxt ?? systemResolveTxt, handle, signal),
    askWellKnown(options.fetch, new URL(`https://${handle}`), signal, {}),
  ])
  if (byTxt !== undefined && byWeb !== undefined && byTxt !== byWeb)
    throw new UnresolvedHandle('conflict', `${handle}: DNS and https disagree`)
  const did = byTxt ?? byWeb
  if (did === undefined) throw new UnresolvedHandle('not-found', `${handle} does not resolve`)
  return did
}

/** Only texts that begin `did=` count; two different ones are a conflict. A name that DNS does not know is no answer. */
async function askTxt(resolveTxt: (name: string) => Promise<string[][]>, handle: Handle, signal: AbortSignal): Promise<Did | undefined> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = (): void => reject(new Error('out of time'))
  signal.addEventListener('abort', onAbort, { once: true })
  let records: string[][]
  try {
    records = await Promise.race([resolveTxt(`_atproto.${handle}`), aborted])
  } catch {
    return undefined
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
  const claims = new Set(records.map((parts) => parts.join('')).filter((text) => text.startsWith('did=')))
  if (claims.size > 1) throw new UnresolvedHandle('conflict', `${handle} has ${claims.size} different TXT records`)
  const [claim] = claims
  if (claim === undefined) return undefined
  const text = claim.slice('did='.length)
  if (!isDid(text)) throw new UnresolvedHandle('malformed', `${handle}: its TXT record names no DID`)
  return parseDid(text)
}

async function askWellKnown(
  get: typeof fetch,
  origin: URL,
  signal: AbortSignal,
  headers: Record<string, string>,
): Promise<Did | undefined> {
  try {
    const response = await get(new URL('/.well-known/atproto-did', origin), { headers, redirect: 'follow', signal })
    if (!response.ok) {
      await response.body?.cancel()
      return undefined
    }
    const text = new TextDecoder().decode(await readBody(response, HANDLE_ANSWER_MAX_BYTES)).trim()
    return isDid(text) ? parseDid(text) : undefined
  } catch {
    return undefined
  }
}
