// The servers we follow, as rows. Cursors, account numbers and counts are changed inside the transaction of the events they cover.

import assert from 'node:assert/strict'
import type { Database } from '../../server/sqlite.ts'
import type { HostAddress } from './host-address.ts'

export type Host = HostAddress & { readonly id: number; readonly isTrusted: boolean; readonly isBanned: boolean }
export type HostFigures = { readonly cursor: number; readonly accounts: number; readonly counts: Readonly<Record<string, number>> }

export interface HostTable {
  all(): readonly Host[]
  byHostname(hostname: string): Host | undefined
  byId(id: number): Host
  /** Oldest first, those after this id. */
  page(afterId: number, limit: number): readonly Host[]
  /** Adds it, or makes a known one trusted. */
  add(address: HostAddress, isTrusted: boolean, nowMs: number): Host
  addedSince(ms: number): number
  cursor(id: number): number
  setCursor(id: number, seq: number): void
  accounts(id: number): number
  addAccounts(id: number, number: number): void
  addCount(id: number, what: string, number: number): void
  figures(id: number): HostFigures
}

type HostRow = { id: number; hostname: string; url: string; trusted: number; banned: number }

const parseRow = (row: unknown): HostRow => row as HostRow
const parseCountRow = (row: unknown): { what: string; count: number } => row as { what: string; count: number }

const hostOf = (row: unknown): Host => {
  const { id, hostname, url, trusted, banned } = parseRow(row)
  return { id, hostname, url, isTrusted: trusted === 1, isBanned: banned === 1 }
}

export const openHostTable = (db: Database): HostTable => {
  const columns = 'id, hostname, url, trusted, banned'
  const sql = {
    all: db.prepare(`SELECT ${columns} FROM host ORDER BY id`),
    page: db.prepare(`SELECT ${columns} FROM host WHERE id > ? ORDER BY id LIMIT ?`),
    byId: db.prepare(`SELECT ${columns} FROM host WHERE id = ?`),
    byHostname: db.prepare(`SELECT ${columns} FROM host WHERE hostname = ?`),
    add: db.prepare(
      `INSERT INTO host (hostname, url, trusted, created_ms) VALUES (?, ?, ?, ?)
       ON CONFLICT (hostname) DO UPDATE SET trusted = max(trusted, excluded.trusted) RETURNING ${columns}`,
    ),
    addedSince: db.prepare('SELECT count(*) FROM host WHERE created_ms >= ? AND trusted = 0').pluck(),
    cursor: db.prepare('SELECT cursor FROM host WHERE id = ?').pluck(),
    setCursor: db.prepare('UPDATE host SET cursor = ? WHERE id = ?'),
    accounts: db.prepare('SELECT accounts FROM host WHERE id = ?').pluck(),
    addAccounts: db.prepare('UPDATE host SET accounts = accounts + ? WHERE id = ?'),
    addCount: db.prepare(
      'INSERT INTO host_count (host, what, count) VALUES (?, ?, ?) ON CONFLICT (host, what) DO UPDATE SET count = count + excluded.count',
    ),
    counts: db.prepare('SELECT what, count FROM host_count WHERE host = ? ORDER BY what'),
  }
  const integer = (value: unknown): number => {
    assert(typeof value === 'number', 'the host has a row')
    return value
  }
  const cursor = (id: number): number => integer(sql.cursor.get(id))
  const accounts = (id: number): number => integer(sql.accounts.get(id))
  return {
    all: () => sql.all.all().map(hostOf),
    page: (afterId, limit) => sql.page.all(afterId, limit).map(hostOf),
    byId: (id) => {
      const row = sql.byId.get(id)
      assert(row !== undefined, 'the host has a row')
      return hostOf(row)
    },
    byHostname: (hostname) => {
      const row = sql.byHostname.get(hostname)
      return row === undefined ? undefined : hostOf(row)
    },
    add: ({ hostname, url }, isTrusted, nowMs) => hostOf(sql.add.get(hostname, url, isTrusted ? 1 : 0, nowMs)),
    addedSince: (ms) => integer(sql.addedSince.get(ms)),
    cursor,
    setCursor: (id, seq) => void sql.setCursor.run(seq, id),
    accounts,
    addAccounts: (id, number) => void sql.addAccounts.run(number, id),
    addCount: (id, what, number) => void sql.addCount.run(id, what, number),
    figures: (id) => ({
      cursor: cursor(id),
      accounts: accounts(id),
      counts: Object.fromEntries(sql.counts.all(id).map((row) => [parseCountRow(row).what, parseCountRow(row).count])),
    }),
  }
}
