// The desk and the work of one store into another that is empty, through the store contract alone.

import { copyHooks, copyJobs, copyNotices } from './copy-notices.ts'
import { draftsOf, entryPages, keptOf, outboxOf, registerPages } from './read-desk.ts'
import type { Desk } from './store/desk.ts'
import type { Store, Work } from './store/store.ts'

const PAGE = 500

/** All of each town of the roster: roles, register, drafts, entries, and the audit trail in its order. */
export const copyDesk = async ({ books, desk }: Store, target: Store): Promise<void> => {
  const { roster } = await books.state()
  for (const town of new Set(roster.map(({ code }) => code))) await copyTown(desk, target.desk, town)
}

const copyTown = async (desk: Desk, target: Desk, town: string): Promise<void> => {
  await target.persist({ town, audit: [], roles: await desk.roles(town) })
  for await (const residents of registerPages(desk, town)) await target.persist({ town, audit: [], residents })
  // A draft is kept version by version.
  for await (const draft of draftsOf(desk, town))
    for (let version = 1; version <= draft.version; version++) await target.persist({ town, audit: [], drafts: [{ ...draft, version }] })
  for await (const entries of entryPages(desk, town)) await target.persist({ town, audit: [], entries })
  await copyTrail(desk, target, town)
}

/** The trail is read from its end and written from its beginning. */
const copyTrail = async (desk: Desk, target: Desk, town: string): Promise<void> => {
  const last = (await desk.trail(town, { limit: 1 }))[0]?.seq ?? 0
  for (let from = 1; from <= last; from += PAGE) {
    const page = await desk.trail(town, { before: from + PAGE, limit: PAGE })
    const lines = page.filter(({ seq }) => seq >= from).toSorted((a, b) => a.seq - b.seq)
    await target.persist({ town, audit: lines.map(({ seq: _seq, ...line }) => line) })
  }
}

/** Who is signed in; what waits to be published, and what of the towns was. */
export const copyWork = async ({ books, work }: Store, { work: target }: Store): Promise<void> => {
  for await (const kept of keptOf(work)) await target.keep(kept)
  await copyOutbox(work, target)
  const { roster } = await books.state()
  await copyJobs({ roster, source: work, target })
  await copyNotices(work, target)
  await copyHooks(work, target)
}

/** Of every repo that ever had something published: a row that could not be is told at the desk, and no key is used again. */
const copyOutbox = async (work: Work, target: Work): Promise<void> => {
  for await (const { id: _id, attempts, ...row } of outboxOf(work)) {
    const id = await target.enqueue(row)
    if (attempts > 0) await target.settle(id, row)
  }
}
