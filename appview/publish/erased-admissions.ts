// Whoever is erased is named by the town's own admission, in public, until that goes: so its deletion is put into the outbox, after the erasure and apart from
// it. It is a deed of the town's desk, kept whole: the line in the trail, which names nobody, says that it was done, and with it stand the records to be
// deleted. So it is done once, whoever looks again after a crash, and also of those who were erased before. Where the appview may not publish as the town, it waits.

import type { Clock } from '../../server/clock.ts'
import type { Log } from '../../server/log.ts'
import { nsid } from '../../lexicons/authority.ts'
import type { AdmissionsDoc } from '../journal/documents.ts'
import { erasedName } from '../journal/erasure.ts'
import type { Roster } from '../journal/model.ts'
import { retrying } from '../notify/retrying.ts'
import { readDoc } from '../queries/deps.ts'
import { DeskConflict } from '../store/desk.ts'
import type { Store } from '../store/store.ts'
import type { Publication } from '../store/work.ts'
import { ERASED_AGAIN_MS, ERASED_EVERY_MS, ERASED_LOOKED_AT } from './limits.ts'
import type { PublishAccounts } from './publish-file.ts'

/** As it stands in the trail. */
export const ERASED_DEED = 'admission.erased'

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
      const docs = await deps.store.books.load(names.map((name) => `admissions:${name}`))
      for (const name of names) {
        const doc = docs.get(`admissions:${name}`) ?? null
        if (doc?.kind === 'admissions' && !(await takeOut(deps, name, doc))) isAllDone = false
      }
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

/** False where somebody else was at it, or a town cannot be published as now. */
const takeOut = async (deps: ErasedAdmissionsDeps, name: string, { spans }: AdmissionsDoc): Promise<boolean> => {
  let isDone = true
  for (const [repo, uris] of Map.groupBy(
    spans.map(({ uri }) => uri),
    (uri) => uri.split('/')[2] ?? '',
  ))
    if (!(await takeOutOf(deps, { name, repo, uris }))) isDone = false
  return isDone
}

type Named = { readonly name: string; readonly repo: string; readonly uris: readonly string[] }

const takeOutOf = async (deps: ErasedAdmissionsDeps, { name, repo, uris }: Named): Promise<boolean> => {
  const { books, desk } = deps.store
  const town = deps.roster().find(({ did }) => did === repo)?.code
  if (town === undefined) return true
  const part = { on: name }
  const version = await desk.version(town, part)
  if (version > 0 && (await isInTrail(deps, town, name))) return true
  const standing: Publication[] = []
  for (const uri of uris) {
    const [newest] = await books.rows({ uri, limit: 1 })
    if (newest === undefined || newest.action === 'delete') continue
    standing.push({ repo, collection: nsid.admission, rkey: newest.rkey, verb: 'delete', record: {} })
  }
  if (standing.length === 0) return true
  if ((await deps.accounts.get(repo)) === undefined) return false
  const at = new Date(deps.clock.civilMs()).toISOString()
  const line = { at, by: repo, deed: ERASED_DEED, on: name, outcome: 'done', code: null, detail: { records: standing.length } } as const
  try {
    await desk.persist({ town, seen: { part, version }, audit: [line], publish: standing })
  } catch (error) {
    if (error instanceof DeskConflict) return false
    throw error
  }
  deps.log.info('admissions.taken-out', { town, records: standing.length })
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
