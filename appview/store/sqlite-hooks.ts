// Hooks, on SQLite.

import type { Database } from '../../server/sqlite.ts'
import type { Hook, HookWork } from './hooks.ts'

export const hooksSql = `
CREATE TABLE hook (owner TEXT PRIMARY KEY, state TEXT NOT NULL, next_ms INTEGER NOT NULL, version INTEGER NOT NULL, hook TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX hook_due ON hook (next_ms) WHERE state = 'active';
`

type HookRow = { hook: string }

export const openHookTable = (db: Database): HookWork => {
  const one = db.prepare<[string], HookRow>('SELECT hook FROM hook WHERE owner = ?')
  const add = db.prepare('INSERT OR IGNORE INTO hook VALUES (?, ?, 0, ?, ?)')
  const change = db.prepare('UPDATE hook SET state = ?, next_ms = 0, version = ?, hook = ? WHERE owner = ? AND version = ?')
  const drop = db.prepare('DELETE FROM hook WHERE owner = ?')
  const all = db.prepare<[string, number], HookRow>('SELECT hook FROM hook WHERE owner > ? ORDER BY owner LIMIT ?')
  const active = db.prepare<[string, number], HookRow>("SELECT hook FROM hook WHERE owner > ? AND state = 'active' ORDER BY owner LIMIT ?")
  const put = db.transaction((hook: Hook): boolean => {
    const { owner, state, version } = hook
    const text = JSON.stringify(hook)
    const { changes } = version === 1 ? add.run(owner, state, version, text) : change.run(state, version, text, owner, version - 1)
    return changes === 1
  })
  const dropped = db.transaction((owner: string) => void drop.run(owner))
  return {
    hook: async (owner) => one.all(owner).map(parseHook)[0] ?? null,
    putHook: async (hook) => put.immediate(hook),
    dropHook: async (owner) => dropped.immediate(owner),
    hooks: async (after, limit) => all.all(after, limit).map(parseHook),
    activeHooks: async (after, limit) => active.all(after, limit).map(parseHook),
  }
}

const parseHook = ({ hook }: HookRow): Hook => JSON.parse(hook)
