// The last part of an address of one's own records, as pages put it into theirs.

import { parseAtUri } from '../../../atproto/at-uri.ts'

/** Throws InvalidSyntax for what is no address of a record. */
export const splitAtUri = (uri: string): { readonly authority: string; readonly rkey: string } => {
  const { authority, rkey } = parseAtUri(uri)
  return { authority, rkey: rkey ?? '' }
}
