// Word after the fact, on SQLite.

import type { Database } from '../../server/sqlite.ts'
import type { Notice, NoticeWork } from './notices.ts'

export const noticesSql = `
CREATE TABLE notice (
  receiver TEXT NOT NULL, id TEXT NOT NULL, at TEXT NOT NULL, subject TEXT NOT NULL, author TEXT NOT NULL, notice TEXT NOT NULL,
  PRIMARY KEY (receiver, id)
) WITHOUT ROWID;
CREATE INDEX notice_author ON notice (author, subject);
CREATE INDEX notice_subject ON notice (subject);
CREATE INDEX notice_at ON notice (at);
CREATE TABLE notice_seen (receiver TEXT PRIMARY KEY, id TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE notice_told (name TEXT PRIMARY KEY, cursor TEXT NOT NULL) WITHOUT ROWID;
`

export const openNoticeTable = (db: Database): NoticeWork => {
  const tell = openTelling(db)
  const cursor = db.prepare<[string], { cursor: string }>('SELECT cursor FROM notice_told WHERE name = ?')
  const page = db.prepare<{ to: string; before: string; limit: number }, { notice: string }>(
    "SELECT notice FROM notice WHERE receiver = @to AND (@before = '' OR id < @before) ORDER BY id DESC LIMIT @limit",
  )
  const unseen = db.prepare<{ to: string; most: number }, { n: number }>(
    `SELECT count(*) AS n FROM (SELECT 1 FROM notice WHERE receiver = @to
    AND id > coalesce((SELECT id FROM notice_seen WHERE receiver = @to), '') LIMIT @most)`,
  )
  const seen = db.prepare<[string], { id: string }>('SELECT id FROM notice_seen WHERE receiver = ?')
  const see = db.prepare('INSERT INTO notice_seen VALUES (?, ?) ON CONFLICT DO UPDATE SET id = max(id, excluded.id)')
  const subjects = db.prepare<[string], { subject: string }>('SELECT DISTINCT subject FROM notice WHERE author = ? ORDER BY subject')
  const saw = db.transaction((to: string, id: string) => see.run(to, id))
  return {
    tell: async (telling) => tell.immediate(telling),
    told: async (name) => JSON.parse(cursor.get(name)?.cursor ?? 'null'),
    notices: async (to, { before = '', limit }) => page.all({ to, before, limit }).map(parseNotice),
    unseen: async (to, most) => unseen.get({ to, most })?.n ?? 0,
    seen: async (to) => seen.get(to)?.id ?? '',
    see: async (to, id) => void saw.immediate(to, id),
    subjectsBy: async (author) => subjects.all(author).map(({ subject }) => subject),
    dropNotices: openDropping(db),
  }
}

const openTelling = (db: Database) => {
  const add = db.prepare('INSERT OR IGNORE INTO notice VALUES (?, ?, ?, ?, ?, ?)')
  const trim = db.prepare(
    `DELETE FROM notice WHERE receiver = @to AND id <= (SELECT id FROM notice WHERE receiver = @to ORDER BY id DESC LIMIT 1 OFFSET @most)`,
  )
  const move = db.prepare('INSERT OR REPLACE INTO notice_told VALUES (?, ?)')
  return db.transaction(({ notices, name, cursor, most }: Parameters<NoticeWork['tell']>[0]) => {
    for (const notice of notices) {
      const { to, id, at, subject, author } = notice
      add.run(to, id, at, subject, author, JSON.stringify(notice))
    }
    for (const to of new Set(notices.map((notice) => notice.to))) trim.run({ to, most })
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

const parseNotice = ({ notice }: { notice: string }): Notice => JSON.parse(notice)
