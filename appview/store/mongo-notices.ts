// Word after the fact, on MongoDB. What was told and how far it has come are one transaction, and so is the counting of places.

import type { ClientSession, Db, MongoClient } from 'mongodb'
import { begins, keyOf } from './mongo-keys.ts'
import { atomically } from './mongo-atomic.ts'
import type { Notice, NoticeWork, Word } from './notices.ts'

type Row = { readonly _id: string; readonly b: string }
type NoticeRow = Row & {
  readonly to: string
  readonly n: number
  readonly at: string
  readonly subject: string
  readonly author: string
  readonly word: string
}
type SeenRow = Row & { readonly n: number }
type ToldRow = Row & { readonly cursor: string }

const tablesIn = (db: Db) => ({
  notice: db.collection<NoticeRow>('notice'),
  seen: db.collection<SeenRow>('notice_seen'),
  told: db.collection<ToldRow>('notice_told'),
  counter: db.collection<SeenRow>('work_counter'),
})

export const openNoticeTable = (client: MongoClient, db: Db, b: string): NoticeWork => {
  const { notice, seen: marks, told } = tablesIn(db)
  const tell = openTelling(db, b)
  const markOf = (to: string) => ({ _id: keyOf(b, to), b })
  const seen = async (to: string): Promise<number> => (await marks.findOne(markOf(to)))?.n ?? 0
  return {
    tell: (telling) => atomically(client, (session) => tell(session, telling)),
    told: async (name) => JSON.parse((await told.findOne({ _id: keyOf(b, name), b }))?.cursor ?? 'null'),
    notices: async (to, { before = Number.MAX_SAFE_INTEGER, limit }) =>
      (await notice.find({ b, to, n: { $lt: before } }, { sort: { n: -1 }, limit }).toArray()).map(noticeOf),
    noticesAfter: async (to, place, limit) =>
      (await notice.find({ b, to, n: { $gt: place } }, { sort: { n: 1 }, limit }).toArray()).map(noticeOf),
    noticesFrom: async (place, limit) => (await notice.find({ b, n: { $gt: place } }, { sort: { n: 1 }, limit }).toArray()).map(noticeOf),
    unseen: async (to, most) => notice.countDocuments({ b, to, n: { $gt: await seen(to) } }, { limit: most }),
    seen,
    see: async (to, place) => void (await marks.updateOne(markOf(to), { $max: { n: place } }, { upsert: true })),
    subjectsBy: async (author) => (await notice.distinct('subject', { b, author })).toSorted(),
    dropNotices: async (gone) => {
      if ('before' in gone) return void (await notice.deleteMany({ b, at: { $lt: gone.before } }))
      if ('subject' in gone) return void (await notice.deleteMany({ b, subject: gone.subject }))
      await notice.deleteMany({ b, _id: begins(keyOf(b, gone.person, '')) })
      await notice.deleteMany({ b, author: gone.person })
      await marks.deleteOne(markOf(gone.person))
    },
  }
}

const openTelling = (db: Db, b: string) => {
  const { notice, told, counter } = tablesIn(db)
  return async (session: ClientSession, { words, name, cursor, most }: Parameters<NoticeWork['tell']>[0]): Promise<void> => {
    if (words.length > 0) {
      const grown = { session, upsert: true, returnDocument: 'after' } as const
      const last = await counter.findOneAndUpdate({ _id: keyOf(b, 'notice'), b }, { $inc: { n: words.length } }, grown)
      const first = (last?.n ?? words.length) - words.length + 1
      const adding = words.map((word, index) => {
        const { to, id, at, subject, author } = word
        const row = { to, n: first + index, at, subject, author, word: JSON.stringify(word) }
        return { updateOne: { filter: { _id: keyOf(b, to, id), b }, update: { $setOnInsert: row }, upsert: true } }
      })
      await notice.bulkWrite(adding, { session })
    }
    for (const to of new Set(words.map((word) => word.to))) {
      const [over] = await notice.find({ b, to }, { session, sort: { n: -1 }, skip: most, limit: 1 }).toArray()
      if (over !== undefined) await notice.deleteMany({ b, to, n: { $lte: over.n } }, { session })
    }
    await told.replaceOne({ _id: keyOf(b, name), b }, { b, cursor: JSON.stringify(cursor) }, { session, upsert: true })
  }
}

const noticeOf = ({ n, word }: NoticeRow): Notice => ({ place: n, ...parseWord(word) })

const parseWord = (text: string): Word => JSON.parse(text)
