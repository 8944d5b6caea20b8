// Word after the fact, on MongoDB. What was told and how far it has come are one transaction.

import type { Db, MongoClient } from 'mongodb'
import { begins, keyOf } from './mongo-keys.ts'
import { atomically } from './mongo-atomic.ts'
import type { Notice, NoticeWork } from './notices.ts'

type NoticeRow = {
  readonly _id: string
  readonly b: string
  readonly to: string
  readonly at: string
  readonly subject: string
  readonly author: string
  readonly notice: string
}
type Marked = { readonly _id: string; readonly b: string; readonly id: string }
type ToldRow = { readonly _id: string; readonly b: string; readonly cursor: string }

export const openNoticeTable = (client: MongoClient, db: Db, b: string): NoticeWork => {
  const table = db.collection<NoticeRow>('notice')
  const marks = db.collection<Marked>('notice_seen')
  const told = db.collection<ToldRow>('notice_told')
  const markOf = (to: string) => ({ _id: keyOf(b, to), b })
  const seen = async (to: string): Promise<string> => (await marks.findOne(markOf(to)))?.id ?? ''
  return {
    tell: ({ notices, name, cursor, most }) =>
      atomically(client, async (session) => {
        const adding = notices.map(({ to, id, at, subject, author, ...rest }) => {
          const row = { to, at, subject, author, notice: JSON.stringify({ to, id, at, subject, author, ...rest }) }
          return { updateOne: { filter: { _id: keyOf(b, to, id), b }, update: { $setOnInsert: row }, upsert: true } }
        })
        if (adding.length > 0) await table.bulkWrite(adding, { session })
        for (const to of new Set(notices.map((notice) => notice.to))) {
          const [over] = await table
            .find({ b, _id: begins(keyOf(b, to, '')) }, { session, sort: { _id: -1 }, skip: most, limit: 1 })
            .toArray()
          if (over !== undefined) await table.deleteMany({ b, _id: { $gte: keyOf(b, to, ''), $lte: over._id } }, { session })
        }
        await told.replaceOne({ _id: keyOf(b, name), b }, { b, cursor: JSON.stringify(cursor) }, { session, upsert: true })
      }),
    told: async (name) => JSON.parse((await told.findOne({ _id: keyOf(b, name), b }))?.cursor ?? 'null'),
    notices: async (to, { before, limit }) => {
      const _id = before === undefined ? begins(keyOf(b, to, '')) : { $gte: keyOf(b, to, ''), $lt: keyOf(b, to, before) }
      return (await table.find({ b, _id }, { sort: { _id: -1 }, limit }).toArray()).map(parseNotice)
    },
    unseen: async (to, most) => {
      const behind = { b, _id: { $gt: keyOf(b, to, await seen(to)), $lt: begins(keyOf(b, to, '')).$lt ?? '' } }
      return table.countDocuments(behind, { limit: most })
    },
    seen,
    see: async (to, id) => void (await marks.updateOne(markOf(to), { $max: { id } }, { upsert: true })),
    subjectsBy: async (author) => (await table.distinct('subject', { b, author })).toSorted(),
    dropNotices: async (gone) => {
      if ('before' in gone) return void (await table.deleteMany({ b, at: { $lt: gone.before } }))
      if ('subject' in gone) return void (await table.deleteMany({ b, subject: gone.subject }))
      await table.deleteMany({ b, _id: begins(keyOf(b, gone.person, '')) })
      await table.deleteMany({ b, author: gone.person })
      await marks.deleteOne(markOf(gone.person))
    },
  }
}

const parseNotice = ({ notice }: NoticeRow): Notice => JSON.parse(notice)
