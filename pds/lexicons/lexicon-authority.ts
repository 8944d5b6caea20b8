// Whose repo holds the lexicons of a name: by DNS, `_lexicon.` before the domain that the name's group turns into; in a closed network by a setting.
// https://atproto.com/specs/lexicon#lexicon-publication-and-resolution

import { isDid, parseDid, type Did } from '../../atproto/did.ts'
import { isHandle, parseHandle } from '../../atproto/handle.ts'
import { AUTHORITY } from '../../lexicons/authority.ts'
import type { HandleResolver } from '../../atproto/resolve-handle.ts'

/** Prefix of names without the last dot → DID or handle of the account that publishes them. */
export type LexiconAuthorities = Readonly<Record<string, string>>

export type AuthorityDeps = {
  readonly authorities: LexiconAuthorities
  readonly resolveHandle: HandleResolver
  readonly resolveTxt: (name: string) => Promise<string[][]>
}

/** The group of a name, turned round: each group of names has its own record, none is inherited. */
export const domainOf = (nsid: string): string => nsid.split('.').slice(0, -1).toReversed().join('.')

/** undefined when nobody is named, or several are. */
export const authorityOf = async (deps: AuthorityDeps, nsid: string): Promise<Did | undefined> => {
  const prefix = Object.keys(deps.authorities)
    .filter((one) => nsid.startsWith(`${one}.`))
    .toSorted((a, b) => b.length - a.length)[0]
  const configured = prefix === undefined ? undefined : deps.authorities[prefix]
  if (configured === undefined) return byDns(deps, nsid)
  return isDid(configured) ? parseDid(configured) : deps.resolveHandle(parseHandle(configured)).catch(() => undefined)
}

const byDns = async ({ resolveTxt }: AuthorityDeps, nsid: string): Promise<Did | undefined> => {
  const records = await resolveTxt(`_lexicon.${domainOf(nsid)}`).catch(() => [])
  const claims = new Set(records.map((parts) => parts.join('')).filter((text) => text.startsWith('did=')))
  const [claim = ''] = claims
  const did = claim.slice('did='.length)
  return claims.size === 1 && isDid(did) ? parseDid(did) : undefined
}

/** The value of the setting: throws with a sentence. */
export const parseAuthorities = (value: unknown): LexiconAuthorities => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`must be a JSON object {"${AUTHORITY}": "did:web:lexicons.example"}`)
  return Object.fromEntries(
    Object.entries(value).map(([prefix, who]) => {
      if (typeof who !== 'string' || !(isDid(who) || isHandle(who))) throw new Error(`names no DID or handle for ${prefix}`)
      return [prefix, who]
    }),
  )
}
