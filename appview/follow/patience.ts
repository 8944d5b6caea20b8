// How long the books wait for a repo that has to be fetched whole. Those who are in the books of a town may hold the log up a while;
// strangers have one short try each and, all together, a small share of any minute. A repo that is not had is asked for again at its next commit.

import type { RosterTown } from '../journal/model.ts'
import type { Books } from '../store/store.ts'
import { REPO_FETCH_ATTEMPTS, REPO_FETCH_TIMEOUT_MS, STRANGERS_SHARE_MS, STRANGERS_WINDOW_MS, STRANGER_FETCH_TIMEOUT_MS } from './limits.ts'

/** Tries at the upstream, and the time of each. `null`: not now. */
export type Patience = { readonly attempts: number; readonly timeoutMs: number } | null

export type PatienceKeeper = {
  for(did: string): Promise<Patience>
  /** Tells what was waited for somebody. */
  spent(patience: Patience, ms: number): void
}

const FULL: Patience = { attempts: REPO_FETCH_ATTEMPTS, timeoutMs: REPO_FETCH_TIMEOUT_MS }
const SHORT: Patience = { attempts: 1, timeoutMs: STRANGER_FETCH_TIMEOUT_MS }

/** `realMs` is real time; `isKnown` whether somebody is a town, is or was admitted, or is a host body. */
export const createPatience = (realMs: () => number, isKnown: (did: string) => Promise<boolean>): PatienceKeeper => {
  let windowMs = realMs()
  let usedMs = 0
  return {
    for: async (did) => {
      if (await isKnown(did)) return FULL
      if (realMs() - windowMs >= STRANGERS_WINDOW_MS) {
        windowMs = realMs()
        usedMs = 0
      }
      return usedMs < STRANGERS_SHARE_MS ? SHORT : null
    },
    spent: (patience, ms) => {
      if (patience === SHORT) usedMs += ms
    },
  }
}

export const knownToTheBooks =
  (books: Pick<Books, 'load'>, roster: () => readonly RosterTown[]) =>
  async (did: string): Promise<boolean> => {
    if (roster().some((town) => town.did === did)) return true
    const docs = await books.load([`admissions:${did}`, `hosts:${did}`])
    return [...docs.values()].some((doc) => doc !== null)
  }
