// Permission sets for the provider, by our own resolver (../lexicons): from repos kept here, or from their authority with a proof.
// The provider checks that the document is a permission set of that name.

import { LexResolver, LexResolverError, type LexResolverFetchResult } from '@atproto/oauth-provider/provider'
import { parseAtUri } from '../../atproto/at-uri.ts'
import { parseCid } from '../../atproto/cid.ts'
import { parseOwnDid } from './parse-stored.ts'

/** undefined when the NSID resolves to nothing now. */
export type ResolveLexicon = (nsid: string) => Promise<{ readonly uri: string; readonly cid: string; readonly schema: object } | undefined>

export const lexiconsOf = (resolve: ResolveLexicon, safeFetch: typeof fetch): LexResolver => {
  const wanted = async (nsid: { toString(): string }) => {
    const found = await resolve(nsid.toString())
    if (found === undefined) throw LexResolverError.from(nsid.toString())
    return found
  }
  return new LexResolver({
    fetch: safeFetch,
    hooks: {
      onResolveAuthority: async ({ nsid }) => parseOwnDid(parseAtUri((await wanted(nsid)).uri).authority),
      async onFetch({ nsid }) {
        const { cid, schema } = await wanted(nsid)
        return parseFetched({ cid: parseCid(cid), record: schema })
      },
    },
  })
}

// The provider checks the record itself against the schema of lexicons.
const parseFetched = (fetched: { readonly cid: unknown; readonly record: object }): LexResolverFetchResult =>
  fetched as LexResolverFetchResult
