// The desk and the work of a store, row by row, page by page: for copies, and for holding a copy against its source.

import type { AuditRow, Desk, Draft, EntryPayload, Resident } from './store/desk.ts'
import type { Hook } from './store/hooks.ts'
import type { Job } from './store/jobs.ts'
import type { Kept } from './store/kept.ts'
import type { Notice } from './store/notices.ts'
import type { OutboxRow, Work } from './store/store.ts'

const PAGE = 500

type Behind<T> = (last: T | undefined) => Promise<readonly T[]>

async function* inPages<T>(pageBehind: Behind<T>): AsyncGenerator<readonly T[]> {
  for (let last: T | undefined; ;) {
    const page = await pageBehind(last)
    if (page.length === 0) return
    yield page
    last = page.at(-1)
  }
}

async function* rowsIn<T>(pages: AsyncIterable<readonly T[]>): AsyncGenerator<T> {
  for await (const page of pages) yield* page
}

const paged = <T>(pageBehind: Behind<T>): AsyncGenerator<T> => rowsIn(inPages(pageBehind))

export const registerPages = (desk: Desk, town: string): AsyncGenerator<readonly Resident[]> =>
  inPages((last) => desk.register(town, { limit: PAGE, after: last?.id ?? '' }))

export const registerOf = (desk: Desk, town: string): AsyncGenerator<Resident> => rowsIn(registerPages(desk, town))

export const draftsOf = (desk: Desk, town: string): AsyncGenerator<Draft> =>
  paged((last) => desk.drafts(town, { limit: PAGE, ...(last === undefined ? {} : { before: last.id }) }))

export const entryPages = (desk: Desk, town: string): AsyncGenerator<readonly EntryPayload[]> =>
  inPages((last) => desk.entries(town, { limit: PAGE, ...(last === undefined ? {} : { before: last.uri }) }))

export const entriesOf = (desk: Desk, town: string): AsyncGenerator<EntryPayload> => rowsIn(entryPages(desk, town))

/** From its end. */
export const trailOf = (desk: Desk, town: string): AsyncGenerator<AuditRow> =>
  paged((last) => desk.trail(town, { limit: PAGE, ...(last === undefined ? {} : { before: last.seq }) }))

export const keptOf = (work: Work): AsyncGenerator<Kept> => paged((last) => work.keptAfter(last ?? { kind: '', name: '' }, PAGE))

/** In the order in which it goes out. */
export const outboxOf = (work: Work): AsyncGenerator<OutboxRow> => paged((last) => work.outboxFrom(last?.id ?? 0, PAGE))

export const jobsOf = (work: Work, town: string): AsyncGenerator<Job> =>
  paged((last) => work.jobs(town, { limit: PAGE, ...(last === undefined ? {} : { before: last.id }) }))

export const noticePages = (work: Work): AsyncGenerator<readonly Notice[]> => inPages((last) => work.noticesFrom(last?.place ?? 0, PAGE))

export const noticesOf = (work: Work): AsyncGenerator<Notice> => rowsIn(noticePages(work))

/** Of one receiver, newest first. */
export const noticesTo = (work: Work, to: string): AsyncGenerator<Notice> =>
  paged((last) => work.notices(to, { limit: PAGE, ...(last === undefined ? {} : { before: last.place }) }))

export const hooksOf = (work: Work): AsyncGenerator<Hook> => paged((last) => work.hooks(last?.owner ?? '', PAGE))
