// Which handles this server gives: one label under one of its domains, not taken, not reserved. Other handles belong to their owner's domain,
// and count only when that domain names the DID.

import type { Did } from '../../atproto/did.ts'
import { isHandle, parseHandle, type Handle } from '../../atproto/handle.ts'
import type { HandleResolver } from '../../atproto/resolve-handle.ts'
import { XrpcError } from '../../server/xrpc-error.ts'

export const LOCAL_LABEL_MIN_CHARS = 3
export const LOCAL_LABEL_MAX_CHARS = 63
const RESERVED_LABELS = new Set([
  'admin',
  'administrator',
  'atproto',
  'localhost',
  'mail',
  'pds',
  'postmaster',
  'relay',
  'root',
  'security',
  'support',
  'waki',
  'www',
  'xrpc',
])

export type HandleRules = {
  /** Whether the handle is under one of our domains: then this server alone says whose it is. */
  isOurs(handle: string): boolean
  /** A handle for a new DID. Throws XrpcError InvalidHandle, UnsupportedDomain, HandleNotAvailable (reserved). Does not check whether it is taken. */
  parseLocal(text: string): Handle
  /** A handle for a DID that exists: ours as above, or a foreign one that names the DID. Throws as `parseLocal`, InvalidHandle for one that does not. */
  parseFor(did: Did, text: string): Promise<Handle>
}

/** `domains` like `.pds1.test`. */
export const createHandleRules = (domains: readonly string[], resolveHandle: HandleResolver): HandleRules => {
  const domainOf = (handle: string): string | undefined => domains.find((domain) => handle.endsWith(domain))
  const parseLocal = (text: string): Handle => {
    const handle = parseAny(text)
    const domain = domainOf(handle)
    if (domain === undefined) throw new XrpcError(400, 'UnsupportedDomain', `A handle here ends in ${domains.join(' or ')}`)
    const label = handle.slice(0, -domain.length)
    if (label.includes('.')) throw invalidHandle(`A handle here is one name before ${domain}`)
    if (label.length < LOCAL_LABEL_MIN_CHARS)
      throw invalidHandle(`The name before ${domain} has at least ${LOCAL_LABEL_MIN_CHARS} characters`)
    if (label.length > LOCAL_LABEL_MAX_CHARS)
      throw invalidHandle(`The name before ${domain} has at most ${LOCAL_LABEL_MAX_CHARS} characters`)
    if (RESERVED_LABELS.has(label)) throw handleNotAvailable(handle)
    return handle
  }
  return {
    isOurs: (handle) => domainOf(handle) !== undefined,
    parseLocal,
    async parseFor(did, text) {
      const handle = parseAny(text)
      if (domainOf(handle) !== undefined) return parseLocal(handle)
      const named = await resolveHandle(handle).catch(() => undefined)
      if (named !== did) throw invalidHandle(`${handle} does not name ${did}`)
      return handle
    },
  }
}

export const handleNotAvailable = (handle: string): XrpcError => new XrpcError(400, 'HandleNotAvailable', `Handle already taken: ${handle}`)

const invalidHandle = (message: string): XrpcError => new XrpcError(400, 'InvalidHandle', message)

const parseAny = (text: string): Handle => {
  if (!isHandle(text.toLowerCase())) throw invalidHandle(`Not a handle: ${text}`)
  return parseHandle(text)
}
