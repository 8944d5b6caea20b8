// The resolver of lexicons over this server's own repos, its DNS and its fetch.

import { Resolver } from 'node:dns/promises'
import type { IdentityCache } from '../../atproto/identity-cache.ts'
import type { HandleResolver } from '../../atproto/resolve-handle.ts'
import type { Clock } from '../../server/clock.ts'
import type { Accounts } from '../accounts/accounts.ts'
import type { Repos } from '../repo/repos.ts'
import type { LexiconAuthorities } from './lexicon-authority.ts'
import { DNS_TIMEOUT_MS } from './limits.ts'
import { createLexiconResolver, type LexiconResolver } from './resolve-lexicon.ts'

type Base = {
  readonly accounts: Accounts
  readonly repos: Repos
  readonly identities: IdentityCache
  readonly resolveHandle: HandleResolver
  readonly fetch: typeof fetch
  readonly clock: Clock
}

export const openLexicons = ({ accounts, repos, ...base }: Base, authorities: LexiconAuthorities): LexiconResolver => {
  const dns = new Resolver({ timeout: DNS_TIMEOUT_MS, tries: 1 })
  return createLexiconResolver({
    ...base,
    authorities,
    resolveTxt: (name) => dns.resolveTxt(name),
    local: (did, collection, rkey) => {
      const head = repos.head(did)
      if (head === undefined) return undefined
      return accounts.isActive(did) ? (repos.records.get(head.id, collection, rkey) ?? null) : null
    },
  })
}
