// What a copy of a store has of the desk and of work, held against its source: by kind how many rows there are, and a hash of them. What a copy may change
// is left out: places and versions that are counted anew, and who was at a job.

import { createHash } from 'node:crypto'
import { StartError } from '../server/start-error.ts'
import { draftsOf, entriesOf, hooksOf, jobsOf, keptOf, noticesOf, outboxOf, registerOf, trailOf } from './read-desk.ts'
import { isOpen } from './store/jobs.ts'
import type { Store } from './store/store.ts'

type Kind = { readonly rows: number; readonly hash: string }
export type DeskKinds = ReadonlyMap<string, Kind>

/** Throws StartError where the copy is not what the source is: somebody went on writing there. */
export const compareDesk = (source: DeskKinds, copy: DeskKinds): void => {
  for (const [kind, { rows, hash }] of source) {
    const other = copy.get(kind)
    if (other?.hash === hash) continue
    throw new StartError(
      `the copy has ${other?.rows ?? 0} rows of ${kind} and its source has ${rows}, or others: a process of its appview goes on writing. Stop them all, on every machine, delete the copy, and copy again; or copy one moment of it, with --to-folder`,
    )
  }
}

export const deskKinds = async ({ books, desk, work }: Store): Promise<DeskKinds> => {
  const { roster } = await books.state()
  const towns = [...new Set(roster.map(({ code }) => code))]
  const ofTowns = async (rowsOf: (town: string) => AsyncIterable<unknown>): Promise<Kind> => {
    const hashes: string[] = []
    for (const town of towns) for await (const row of rowsOf(town)) hashes.push(hashOf([town, row]))
    return kindOf(hashes)
  }
  const ofAll = async <T>(rows: AsyncIterable<T>, shown: (row: T, nth: number) => unknown): Promise<Kind> => {
    const hashes: string[] = []
    for await (const row of rows) hashes.push(hashOf(shown(row, hashes.length)))
    return kindOf(hashes)
  }
  return new Map([
    [
      'roles',
      await ofTowns(async function* (town) {
        yield* await desk.roles(town)
      }),
    ],
    ['the register', await ofTowns((town) => registerOf(desk, town))],
    ['drafts', await ofTowns((town) => draftsOf(desk, town))],
    ['entries', await ofTowns((town) => aboutInOrder(entriesOf(desk, town)))],
    ['the trail', await ofTowns((town) => trailOf(desk, town))],
    ['jobs', await ofTowns((town) => asCopied(jobsOf(work, town)))],
    ['sign-in', await ofAll(keptOf(work), ({ sealed, ...kept }) => [kept, Buffer.from(sealed).toString('hex')])],
    ['the outbox', await ofAll(outboxOf(work), ({ id: _id, attempts: _attempts, ...row }, nth) => [nth, row])],
    ['notices', await ofAll(noticesOf(work), ({ place: _place, ...word }, nth) => [nth, word])],
    ['hooks', await ofAll(hooksOf(work), ({ delivered: _delivered, version: _version, ...hook }) => hook)],
  ])
}

async function* aboutInOrder(entries: ReturnType<typeof entriesOf>): AsyncGenerator {
  for await (const entry of entries) yield { ...entry, about: entry.about.toSorted() }
}

async function* asCopied(jobs: ReturnType<typeof jobsOf>): AsyncGenerator {
  for await (const job of jobs) yield isOpen(job) ? { ...job, state: 'waiting', holder: null } : job
}

/** Whatever order a store gives them in. */
const kindOf = (hashes: readonly string[]): Kind => ({ rows: hashes.length, hash: hashOf(hashes.toSorted()) })

const hashOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value, inOrder)).digest('hex')

/** Engines give the fields of a row in orders of their own. */
const inOrder = (_name: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : value
