// Leases on MongoDB: one document each, changed by compare and set with a majority's journals.

import type { Db } from 'mongodb'
import type { Lease, Leases } from './leases.ts'
import { keyOf } from './mongo-keys.ts'

type LeaseRow = { readonly _id: string; readonly b: string } & Lease

const ALL_THERE = 11_000

export const openLeases = (db: Db, b: string): Leases => {
  const leases = db.collection<LeaseRow>('lease')
  const at = (name: string) => ({ _id: keyOf(b, name), b })
  return {
    read: async (name) => {
      const row = await leases.findOne(at(name))
      return row === null ? null : { name, holder: row.holder, beat: row.beat, told: row.told }
    },
    take: async (name, holder, seen) => {
      if (seen === null) return isFirst(leases.insertOne({ ...at(name), name, holder, beat: 1, told: '' }))
      const asSeen = { ...at(name), holder: seen.holder, beat: seen.beat }
      return (await leases.updateOne(asSeen, { $set: { holder }, $inc: { beat: 1 } })).modifiedCount === 1
    },
    renew: async (name, holder, told) =>
      (await leases.updateOne({ ...at(name), holder }, { $set: { told }, $inc: { beat: 1 } })).modifiedCount === 1,
    release: async (name, holder) => void (await leases.updateOne({ ...at(name), holder }, { $set: { holder: null }, $inc: { beat: 1 } })),
  }
}

const isFirst = async (insertion: Promise<unknown>): Promise<boolean> => {
  try {
    await insertion
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === ALL_THERE) return false
    throw error
  }
}
