// A year of a made-up town as a relay's log would carry it: a policy, rates, residents, and acts that neighbours confirm a day later; every commit signed.

import { nsid } from '../lexicons/authority.ts'
import { TidClock } from '../atproto/tid.ts'
import { actionRecord } from './action-record.ts'
import { BenchRepo, benchDid, type MadeCommit } from './commit-frames.ts'

const FIRST_DAY = Date.UTC(2026, 3, 1)
const DAY_MS = 24 * 60 * 60_000
/** An act a day at most for each, so that no cap of the books is met. */
const ACT_MINUTES = 60

export type TownYear = {
  readonly town: BenchRepo
  readonly residents: readonly BenchRepo[]
  /** The town's own records. */
  readonly opening: readonly Uint8Array[]
  /** Frames of so many more acts, each with its confirmation. */
  more(acts: number): Uint8Array[]
  nowMs(): number
}

/** `base`: of the log's seq. */
export const createTownYear = (residentCount: number, base: number): TownYear => {
  let nowMs = FIRST_DAY
  let leaf = 0
  let acts = 0
  const clock = (): number => nowMs
  const keys = new TidClock(clock, 3)
  const town = new BenchRepo(benchDid(1), clock)
  const residents = Array.from({ length: residentCount }, (_, n) => new BenchRepo(benchDid(2 + n), clock))

  const write = (repo: BenchRepo, collection: string, value: object): MadeCommit => {
    nowMs += 50
    leaf += 1
    const record = { $type: collection, ...value, createdAt: new Date(nowMs).toISOString() }
    return repo.create(base + leaf, nowMs, [{ path: `${collection}/${keys.next()}`, value: record }])
  }
  const opening = [
    write(town, nsid.policy, { mode: 'none', effectiveFrom: '2026-04-01' }),
    write(town, nsid.rateTable, { rates: [{ category: '*', yenPerHour: 1828, method: 'RC-S' }], source: 'bench', validFrom: '2026-04-01' }),
    ...residents.map(({ did }) => write(town, nsid.admission, { subject: did, from: '2026-04-01' })),
  ].map(({ frame }) => frame)

  const residentAt = (n: number): BenchRepo => {
    const found = residents[n % residents.length]
    if (found === undefined) throw new Error('a town has residents')
    return found
  }
  /** All residents act on one day and are confirmed on the next. */
  const dayOf = (count: number): Uint8Array[] => {
    nowMs = Math.max(nowMs, FIRST_DAY + (1 + Math.floor(acts / residentCount)) * DAY_MS)
    const made = Array.from({ length: count }, () => {
      const value = { ...actionRecord(new Date(nowMs)), minutes: ACT_MINUTES }
      return { giver: acts, commit: write(residentAt(acts++), nsid.action, value) }
    })
    const confirmed = made.map(({ giver, commit }) => {
      const subject = commit.uris[0]
      return write(residentAt(giver + 1), nsid.confirmation, { subject, role: 'beneficiary', verdict: 'confirmed' })
    })
    return [...made.map(({ commit }) => commit.frame), ...confirmed.map(({ frame }) => frame)]
  }
  const more = (count: number): Uint8Array[] => {
    const frames: Uint8Array[] = []
    for (let left = count; left > 0; left -= residentCount) frames.push(...dayOf(Math.min(left, residentCount)))
    return frames
  }
  return { town, residents, opening, more, nowMs: clock }
}
