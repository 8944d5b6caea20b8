// com.atproto.lexicon.resolveLexicon: what a name means, as its authority publishes it.

import { XrpcError } from '../../server/xrpc-error.ts'
import { method, type Call, type Methods } from '../../server/xrpc.ts'
import type { LexiconResolver } from '../lexicons/resolve-lexicon.ts'

export const lexiconMethods = ({ resolveLexicon }: { readonly resolveLexicon: LexiconResolver }): Methods => ({
  'com.atproto.lexicon.resolveLexicon': method({
    async handle({ params: { nsid } }: Call<unknown, { nsid: string }>) {
      const lexicon = await resolveLexicon(nsid)
      if (lexicon === undefined) throw new XrpcError(400, 'LexiconNotFound', `No lexicon was resolved for ${nsid}`)
      return { json: lexicon }
    },
  }),
})
