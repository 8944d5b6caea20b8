// The roles of a process, opened in the order in which they need one another: who people are, the books that are followed, what is sent, the office
// that answers. Only appview.ts knows this file.

import { openPublishAccounts } from '../publish/publish-file.ts'
import { openIngest } from './ingest.ts'
import type { Ingest } from './ingest.ts'
import { leaveToOthers, openJobs } from './jobs.ts'
import type { Sending } from './jobs.ts'
import { openOffice } from './office.ts'
import { READY_WAIT_MS } from './limits.ts'
import { inTurn } from './opening.ts'
import { openPeople } from './people.ts'
import type { Readiness } from './roles.ts'
import { keepLooking, openStanding } from './standing.ts'
import type { Standing } from './standing.ts'
import type { Surroundings } from './surroundings.ts'

export type Parts = Awaited<ReturnType<typeof openRoles>>

/** Throws StartError. What this process does begins; nothing answers yet. */
export const openRoles = async (around: Surroundings) => {
  const { config, clock, roles, store } = around
  const people = await inTurn(config.dataDir, clock, () => openPeople(around))
  const accounts = await openPublishAccounts(config.publishFile)
  const ingest = roles.includes('ingest') ? await openIngest(around, people) : null
  const standing = await openStanding(around, () => ingest?.status() ?? null)
  const looking = keepLooking(around, standing)
  let jobs = leaveToOthers(around)
  const sending: Sending = { flush: () => jobs.flush(), wake: () => jobs.wake() }
  const office = openOffice(around, { people, accounts, standing, sending })
  if (roles.includes('jobs')) jobs = await openJobs(around, { people, accounts, standing, office })
  return {
    ...around,
    ...people,
    ...office,
    accounts,
    books: store.books,
    roster: standing.roster,
    look: standing.look,
    readiness: () =>
      readinessOf(around, standing, {
        isIngesting: (ingest?.status() ?? null) !== null,
        isUnfit: (ingest?.fault() ?? null) !== null,
        isSending: jobs.isHeld(),
        isFull: ingest?.isFull() ?? false,
      }),
    reloadRoster: async (): Promise<string> => reload(ingest, standing),
    close: async (): Promise<void> => {
      looking[Symbol.dispose]()
      await ingest?.close()
      await jobs.close()
    },
  }
}

const reload = async (ingest: Ingest | null, standing: Standing): Promise<string> => {
  const sentence = (await ingest?.reloadRoster()) ?? 'The roster is what the store says'
  await standing.look()
  return sentence
}

/** `isUnfit`: it stands by, and could not take over. `isFull`: it waits for room on the store's disk. */
type Doing = { readonly isIngesting: boolean; readonly isUnfit: boolean; readonly isSending: boolean; readonly isFull: boolean }

/** Who holds a lease of a store that does not answer does nothing either. */
export const readinessOf = async (
  { roles, clock }: Pick<Surroundings, 'roles' | 'clock'>,
  standing: Pick<Standing, 'look'>,
  { isIngesting, isUnfit, isSending, isFull }: Doing,
): Promise<Readiness> => {
  const over = new AbortController()
  const late = clock.sleep(READY_WAIT_MS, over.signal).then(() => 'no-store' as const)
  const fitness = await Promise.race([standing.look(), late]).catch(() => 'no-store' as const)
  over.abort()
  const books = fitness === 'fit' ? ('ready' as const) : fitness
  const held = (isHeld: boolean) => (fitness === 'no-store' ? fitness : isHeld ? ('ready' as const) : ('stand-by' as const))
  const all: Readiness = {
    ingest: fitness === 'no-store' ? fitness : isFull ? 'no-room' : isUnfit ? 'unfit' : held(isIngesting),
    pages: books,
    xrpc: books,
    static: 'ready',
    jobs: isSending && fitness !== 'fit' ? books : held(isSending),
  }
  return Object.fromEntries(roles.map((role) => [role, all[role]]))
}
