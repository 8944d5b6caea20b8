// Whether somebody's account is not active: as the books have it, and, where they know nothing, as the relay says now. The books forget whom they have erased,
// and never knew whose account ended before anything named them.

import { readDoc } from '../queries/deps.ts'
import type { Office } from './office.ts'

/** What an account that is not active is called; null where it is, where nobody knows it, and where nobody answers: that holds up no deed. */
export type AskStatus = (did: string) => Promise<string | null>

const STATUS_PATIENCE_MS = 2_000

export const askStatusOf =
  (get: typeof fetch, relayUrl: string): AskStatus =>
  async (did) => {
    const url = new URL('/xrpc/com.atproto.sync.getRepoStatus', relayUrl)
    url.searchParams.set('did', did)
    try {
      const response = await get(url, { signal: AbortSignal.timeout(STATUS_PATIENCE_MS) })
      return response.ok ? parseStatus(await response.json()) : null
    } catch {
      return null
    }
  }

const parseStatus = (answer: unknown): string | null => {
  if (typeof answer !== 'object' || answer === null || !('active' in answer) || answer.active !== false) return null
  return 'status' in answer && typeof answer.status === 'string' ? answer.status : 'inactive'
}

export const isInactive = async ({ books, askStatus }: Pick<Office, 'books' | 'askStatus'>, did: string): Promise<boolean> =>
  (await readDoc(books, 'account', `account:${did}`)) !== null || (await askStatus(did)) !== null
