// One's own notices, as they are shown: without those about what an inactive account wrote, and about acts that are no more.

import { hiddenOf } from '../auth/access.ts'
import { nsid } from '../../lexicons/authority.ts'
import type { Notice, NoticeWork } from '../store/notices.ts'
import type { Books } from '../store/store.ts'
import { NOTICES_LISTED, UNREAD_COUNTED } from './limits.ts'

export type ShownNotice = Notice & { readonly isRead: boolean }

export type NoticeList = {
  readonly notices: readonly ShownNotice[]
  readonly unread: number
  readonly seenUntil: number
  /** The place of the newest on this page, shown or not; null where there is none. */
  readonly newest: number | null
  /** Where the list goes on; null at its end. */
  readonly before: number | null
}

export type Notices = {
  list(did: string, query: { readonly before?: number; readonly limit: number }): Promise<NoticeList>
  unread(did: string): Promise<number>
  /** All up to this place is seen. */
  see(did: string, place: number): Promise<void>
}

export type NoticesDeps = { readonly work: NoticeWork; readonly books: Pick<Books, 'load'> }

export const createNotices = ({ work, books }: NoticesDeps): Notices => ({
  unread: (did) => work.unseen(did, UNREAD_COUNTED),
  see: (did, place) => work.see(did, place),
  list: async (did, { before, limit }) => {
    const most = Math.min(limit, NOTICES_LISTED)
    const all = await work.notices(did, { limit: most, ...(before === undefined ? {} : { before }) })
    const seenUntil = await work.seen(did)
    return {
      notices: (await shown(books, all)).map((one) => ({ ...one, isRead: one.place <= seenUntil })),
      unread: await work.unseen(did, UNREAD_COUNTED),
      seenUntil,
      newest: all[0]?.place ?? null,
      before: all.length < most ? null : (all.at(-1)?.place ?? null),
    }
  },
})

const isOfAct = ({ subject }: Notice): boolean => subject.includes(`/${nsid.action}/`)

const shown = async (books: Pick<Books, 'load'>, all: readonly Notice[]): Promise<readonly Notice[]> => {
  const hidden = await hiddenOf(
    books,
    all.filter(isOfAct).map(({ author }) => author),
  )
  const acts = await books.load([...new Set(all.filter(isOfAct).map(({ subject }) => `action:${subject}`))])
  return all.filter((one) => !isOfAct(one) || (!hidden.has(one.author) && (acts.get(`action:${one.subject}`) ?? null) !== null))
}
