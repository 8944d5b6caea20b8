// Whom somebody at a desk means when they type a handle or a DID.

import { isWellFormedDid } from '../../../../atproto/did.ts'
import { isHandle, parseHandle } from '../../../../atproto/handle.ts'
import type { PagesDeps } from '../deps.ts'

/** A handle is resolved; null for what is neither. */
export const didBehind = async ({ resolveHandle }: Pick<PagesDeps, 'resolveHandle'>, who: string): Promise<string | null> => {
  if (isWellFormedDid(who)) return who
  const handle = who.replace(/^@/, '').toLowerCase()
  return isHandle(handle) ? resolveHandle(parseHandle(handle)).catch(() => null) : null
}
