// Hooks, on MongoDB.

import type { Db } from 'mongodb'
import type { Hook, HookWork } from './hooks.ts'
import { keyOf } from './mongo-keys.ts'

type HookRow = {
  readonly _id: string
  readonly b: string
  readonly state: string
  /** Always 0: older versions look by it. */
  readonly nextMs: number
  readonly version: number
  readonly hook: string
}

export const openHookTable = (db: Db, b: string): HookWork => {
  const table = db.collection<HookRow>('hook')
  const at = (owner: string) => ({ _id: keyOf(b, owner), b })
  const behind = (after: string) => ({ $gt: keyOf(b, after), $lt: `${b}/~` })
  return {
    hook: async (owner) => {
      const row = await table.findOne(at(owner))
      return row === null ? null : parseHook(row)
    },
    putHook: async (hook) => {
      const { owner, state, version } = hook
      const row = { state, nextMs: 0, version, hook: JSON.stringify(hook) }
      if (version === 1) return (await table.updateOne(at(owner), { $setOnInsert: row }, { upsert: true })).upsertedCount === 1
      return (await table.updateOne({ ...at(owner), version: version - 1 }, { $set: row })).matchedCount === 1
    },
    dropHook: async (owner) => void (await table.deleteOne(at(owner))),
    hooks: async (after, limit) => (await table.find({ b, _id: behind(after) }, { sort: { _id: 1 }, limit }).toArray()).map(parseHook),
    activeHooks: async (after, limit) =>
      (await table.find({ b, _id: behind(after), state: 'active' }, { sort: { _id: 1 }, limit }).toArray()).map(parseHook),
  }
}

const parseHook = ({ hook }: HookRow): Hook => JSON.parse(hook)
