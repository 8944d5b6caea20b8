// Whoever is erased is named in public by what the town itself has published, and its host bodies, until that goes: admissions, registrations as host body, and
// confirmations that speak of the person's acts or name them as receiver. So their deletion is put into the outbox, after the erasure and apart from it. It is a
// deed of the town's desk, kept whole: the line in the trail, which names nobody, says that it was done, and with it stand the records to be deleted. So it is
// done once, whoever looks again after a crash, and also of those who were erased before. Where the appview may not publish as the town, it waits; as a host
// body, that is left to the body.

import type { Clock } from '../../server/clock.ts'
import type { Log } from '../../server/log.ts'
import { nsid } from '../../lexicons/authority.ts'
import { erasedName } from '../journal/erasure.ts'
import type { IntakeRow, Roster } from '../journal/model.ts'
import { subjectOf } from '../journal/residue.ts'
import { retrying } from '../notify/retrying.ts'
import { readDoc } from '../queries/deps.ts'
import { DeskConflict } from '../store/desk.ts'
import type { Store } from '../store/store.ts'
import type { Publication } from '../store/work.ts'
import { ERASED_AGAIN_MS, ERASED_EVERY_MS, ERASED_LOOKED_AT } from './limits.ts'
import type { PublishAccounts } from './publish-file.ts'

/** As it stands in the trail. */
export const ERASED_DEED = 'records.erased'

export type ErasedAdmissionsDeps = {
  readonly store: Pick<Store, 'books' | 'desk'>
  readonly roster: () => Roster
  readonly accounts: PublishAccounts
  readonly clock: Clock
  readonly log: Log
  /** Whether the books can be read now. */
  readonly areBooksFit: () => Promise<boolean>
  /** There is something to be published. */
  readonly wake: () => void
}

export type ErasedAdmissions = {
  /** Looks now; resolves when it has looked, or failed. */
  look(): Promise<void>
  close(): Promise<void>
}

export const openErasedAdmissions = (deps: ErasedAdmissionsDeps): ErasedAdmissions => {
  /** Up to this erasure nothing is left to do; where something is, it is not looked for again before then, unless somebody more is erased. */
  let [done, looked, notBefore] = [0, 0, 0]
  const each = retrying(deps, 'publish.erased-failed', async () => {
    if (!(await deps.areBooksFit())) return
    const count = (await readDoc(deps.store.books, 'erasures', 'erasures:all'))?.count ?? 0
    if (count === looked && deps.clock.monotonicMs() < notBefore) return
    notBefore = deps.clock.monotonicMs() + ERASED_AGAIN_MS
    looked = count
    let isAllDone = true
    for (let nth = done + 1; nth <= count; nth += ERASED_LOOKED_AT) {
      const last = Math.min(count, nth + ERASED_LOOKED_AT - 1)
      const names = Array.from({ length: last - nth + 1 }, (_, index) => erasedName(nth + index))
      for (const name of names) if (!(await takeOut(deps, name))) isAllDone = false
      if (isAllDone) done = last
    }
  })
  const timer = deps.clock.every(ERASED_EVERY_MS, () => void each.turn())
  return {
    look: () => each.turn(),
    close: async () => {
      timer[Symbol.dispose]()
      await each.close()
    },
  }
}

/** False where somebody else was at it, a town cannot be published as now, or something has to wait. */
const takeOut = async (deps: ErasedAdmissionsDeps, name: string): Promise<boolean> => {
  const [at, later] = [new Map<string, Publication[]>(), new Map<string, Publication[]>()]
  let isDone = true
  for (const row of await naming(deps.store, name)) {
    const office = await officeOf(deps, row.repo)
    if (office === undefined) continue
    const isOfTheirs = row.collection !== nsid.confirmation || isUnder(name, spokenOf(row))
    // What somebody else's open claim rests on is not taken from under it.
    if (!isOfTheirs && (await isAwaited(deps, row))) isDone = false
    else put(isOfTheirs ? at : later, office, { repo: row.repo, collection: row.collection, rkey: row.rkey, verb: 'delete', record: {} })
  }
  for (const [town, records] of at) if (!(await takeOutAt(deps, { name, on: name, town, records }))) isDone = false
  if (isDone)
    for (const [town, records] of later) if (!(await takeOutAt(deps, { name, on: `${name}/receiver`, town, records }))) isDone = false
  return isDone
}

const put = (by: Map<string, Publication[]>, town: string, record: Publication): void =>
  void by.set(town, [...(by.get(town) ?? []), record])

const isUnder = (name: string, uri: string): boolean => uri.startsWith(`at://${name}/`)

const spokenOf = (row: IntakeRow): string => row.subject ?? subjectOf(row) ?? ''

const NAMING: ReadonlySet<string> = new Set([nsid.admission, nsid.hostBody, nsid.confirmation])

/** Admissions and registrations of the account, and confirmations that speak of its acts or name it as receiver, as far as they stand: the newest version of each. */
const naming = async ({ books }: Pick<Store, 'books'>, name: string): Promise<readonly IntakeRow[]> => {
  const found = new Map<string, IntakeRow>()
  for (const row of await books.naming(name)) {
    // What was deleted since has no name any more.
    if (row.residue === 'withdrawn' || !NAMING.has(row.collection)) continue
    const [newest] = await books.rows({ uri: row.uri, limit: 1 })
    if (newest !== undefined && newest.action !== 'delete') found.set(row.uri, newest)
  }
  return [...found.values()]
}

const isAwaited = async ({ store: { books } }: ErasedAdmissionsDeps, row: IntakeRow): Promise<boolean> =>
  (await readDoc(books, 'action', `action:${spokenOf(row)}`))?.state === 'open'

/** The town that publishes as this account: itself, or of whose desk it is a host body that can be published as. */
const officeOf = async ({ store: { books }, roster, accounts }: ErasedAdmissionsDeps, repo: string): Promise<string | undefined> => {
  const town = roster().find(({ did }) => did === repo)?.code
  if (town !== undefined) return town
  const codes = (await readDoc(books, 'hosts', `hosts:${repo}`))?.registrations.map(({ code }) => code) ?? []
  const office = roster().find(({ code }) => codes.includes(code))?.code
  return office !== undefined && (await accounts.get(repo)) !== undefined ? office : undefined
}

type Gone = { readonly name: string; readonly on: string; readonly town: string; readonly records: readonly Publication[] }

const takeOutAt = async (deps: ErasedAdmissionsDeps, { on, town, records }: Gone): Promise<boolean> => {
  const { desk } = deps.store
  const part = { on }
  const version = await desk.version(town, part)
  if (version > 0 && (await isInTrail(deps, town, on))) return true
  for (const { repo } of records) if ((await deps.accounts.get(repo)) === undefined) return false
  const by = deps.roster().find(({ code }) => code === town)?.did ?? ''
  const at = new Date(deps.clock.civilMs()).toISOString()
  const line = { at, by, deed: ERASED_DEED, on, outcome: 'done', code: null, detail: { records: records.length } } as const
  try {
    await desk.persist({ town, seen: { part, version }, audit: [line], publish: records })
  } catch (error) {
    if (error instanceof DeskConflict) return false
    throw error
  }
  deps.log.info('erased.taken-out', { town, records: records.length })
  deps.wake()
  return true
}

const isInTrail = async ({ store: { desk } }: ErasedAdmissionsDeps, town: string, name: string): Promise<boolean> => {
  for (let before = Number.MAX_SAFE_INTEGER; ;) {
    const lines = await desk.trail(town, { on: name, before, limit: ERASED_LOOKED_AT })
    if (lines.some(({ deed }) => deed === ERASED_DEED)) return true
    const last = lines.at(-1)
    if (last === undefined) return false
    before = last.seq
  }
}
