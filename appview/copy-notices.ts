// Jobs, notices and hooks of one store into another that is empty: what was told is not told again, what was seen is seen, and a job that was under way
// waits to be gone on with.

import type { Roster } from './journal/model.ts'
import { hooksOf, jobsOf, noticePages, noticesTo } from './read-desk.ts'
import { isOpen } from './store/jobs.ts'
import type { Work } from './store/store.ts'

const CURSOR = 'books'
/** None is left out. */
const ALL = 1_000_000

export const copyJobs = async ({
  roster,
  source,
  target,
}: {
  readonly roster: Roster
  readonly source: Work
  readonly target: Work
}): Promise<void> => {
  for (const town of new Set(roster.map(({ code }) => code)))
    for await (const job of jobsOf(source, town)) await target.addJob(isOpen(job) ? { ...job, state: 'waiting', holder: null } : job)
}

/** Places are counted anew, in the same order. */
export const copyNotices = async (source: Work, target: Work): Promise<void> => {
  const receivers = new Set<string>()
  const cursor = await source.told(CURSOR)
  if (cursor === null) return
  // Also of a store where nobody was told anything.
  await target.tell({ words: [], name: CURSOR, cursor, most: ALL })
  for await (const page of noticePages(source)) {
    await target.tell({ words: page.map(({ place: _place, ...word }) => word), name: CURSOR, cursor, most: ALL })
    for (const { to } of page) receivers.add(to)
  }
  for (const to of receivers) {
    const place = await placeAfterCopy(source, target, to, await source.seen(to))
    if (place > 0) await target.see(to, place)
  }
}

/** After the notices, among which they have their places. Stopped ones too: their owners see why. */
export const copyHooks = async (source: Work, target: Work): Promise<void> => {
  for await (const hook of hooksOf(source))
    await target.putHook({ ...hook, version: 1, delivered: await placeAfterCopy(source, target, hook.owner, hook.delivered) })
}

/** Where the copy has what stands at a place of the source, or just below it. */
const placeAfterCopy = async (source: Work, target: Work, to: string, place: number): Promise<number> => {
  const [last] = await source.notices(to, { before: place + 1, limit: 1 })
  if (last === undefined) return 0
  for await (const { id, place: copied } of noticesTo(target, to)) if (id === last.id) return copied
  return 0
}
