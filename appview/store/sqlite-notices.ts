// Word after the fact, on SQLite.

import type { Database } from '../../server/sqlite.ts'
import type { Notice, NoticeWork, Word } from './notices.ts'

export const noticesSql = `
CREATE TABLE notice (
  place INTEGER PRIMARY KEY AUTOINCREMENT, receiver TEXT NOT NULL, id TEXT NOT NULL, at TEXT NOT NULL, subject TEXT NOT NULL, author TEXT NOT NULL,
  word TEXT NOT NULL, UNIQUE (receiver, id)
);
CREATE INDEX notice_receiver ON notice (receiver, place);
CREATE INDEX notice_author ON notice (author, subject);
CREATE INDEX notice_subject ON notice (subject);
CREATE INDEX notice_at ON notice (at);
CREATE TABLE notice_seen (receiver TEXT PRIMARY KEY, place INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE notice_told (name TEXT PRIMARY KEY, cursor TEXT NOT NULL) WITHOUT ROWID;
`

type NoticeRow = { place: number; word: string }

export const openNoticeTable = (db: Database): NoticeWork => {
  const tell = openTelling(db)
  const cursor = db.prepare<[string], { cursor: string }>('SELECT cursor FROM notice_told WHERE name = ?')
  const page = db.prepare<[string, number, number], NoticeRow>(
    'SELECT place, word FROM notice WHERE receiver = ? AND place < ? ORDER BY place DESC LIMIT ?',
  )
  const behind = db.prepare<[string, number, number], NoticeRow>(
    'SELECT place, word FROM notice WHERE receiver = ? AND place > ? ORDER BY place LIMIT ?',
  )
  const all = db.prepare<[number, number], NoticeRow>('SELECT place, word FROM notice WHERE place > ? ORDER BY place LIMIT ?')
  const unseen = db.prepare<{ to: string; most: number }, { n: number }>(
    `SELECT count(*) AS n FROM (SELECT 1 FROM notice WHERE receiver = @to
    AND place > coalesce((SELECT place FROM notice_seen WHERE receiver = @to), 0) LIMIT @most)`,
  )
  const seen = db.prepare<[string], { place: number }>('SELECT place FROM notice_seen WHERE receiver = ?')
  const see = db.prepare('INSERT INTO notice_seen VALUES (?, ?) ON CONFLICT DO UPDATE SET place = max(place, excluded.place)')
  const subjects = db.prepare<[string], { subject: string }>('SELECT DISTINCT subject FROM notice WHERE author = ? ORDER BY subject')
  const saw = db.transaction((to: string, place: number) => see.run(to, place))
  return {
    tell: async (telling) => tell.immediate(telling),
    told: async (name) => JSON.parse(cursor.get(name)?.cursor ?? 'null'),
    notices: async (to, { before = Number.MAX_SAFE_INTEGER, limit }) => page.all(to, before, limit).map(noticeOf),
    noticesAfter: async (to, place, limit) => behind.all(to, place, limit).map(noticeOf),
    noticesFrom: async (place, limit) => all.all(place, limit).map(noticeOf),
    unseen: async (to, most) => unseen.get({ to, most })?.n ?? 0,
    seen: async (to) => seen.get(to)?.place ?? 0,
    see: async (to, place) => void saw.immediate(to, place),
    subjectsBy: async (author) => subjects.all(author).map(({ subject }) => subject),
    dropNotices: openDropping(db),
  }
}

const openTelling = (db: Database) => {
  const add = db.prepare('INSERT INTO notice (receiver, id, at, subject, author, word) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING')
  const trim = db.prepare(
    `DELETE FROM notice WHERE receiver = @to
    AND place <= (SELECT place FROM notice WHERE receiver = @to ORDER BY place DESC LIMIT 1 OFFSET @most)`,
  )
  const move = db.prepare('INSERT OR REPLACE INTO notice_told VALUES (?, ?)')
  return db.transaction(({ words, name, cursor, most }: Parameters<NoticeWork['tell']>[0]) => {
    for (const word of words) add.run(word.to, word.id, word.at, word.subject, word.author, JSON.stringify(word))
    for (const to of new Set(words.map((word) => word.to))) trim.run({ to, most })
    move.run(name, JSON.stringify(cursor))
  })
}

const openDropping = (db: Database): NoticeWork['dropNotices'] => {
  const to = db.prepare('DELETE FROM notice WHERE receiver = ?')
  const by = db.prepare('DELETE FROM notice WHERE author = ?')
  const mark = db.prepare('DELETE FROM notice_seen WHERE receiver = ?')
  const about = db.prepare('DELETE FROM notice WHERE subject = ?')
  const before = db.prepare('DELETE FROM notice WHERE at < ?')
  const drop = db.transaction((gone: Parameters<NoticeWork['dropNotices']>[0]) => {
    if ('before' in gone) return void before.run(gone.before)
    if ('subject' in gone) return void about.run(gone.subject)
    for (const statement of [to, by, mark]) statement.run(gone.person)
  })
  return async (gone) => drop.immediate(gone)
}

const noticeOf = ({ place, word }: NoticeRow): Notice => ({ place, ...parseWord(word) })

const parseWord = (text: string): Word => JSON.parse(text)
