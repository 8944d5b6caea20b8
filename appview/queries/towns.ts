// Towns of the roster as anybody may see them: names, policy, rates, host bodies.

import { notFound } from '../auth/access.ts'
import { dayOf } from '../journal/calendar.ts'
import type { HostRegistration, MunicipalityDoc } from '../journal/documents.ts'
import { isErased } from '../journal/erasure.ts'
import { successorOn } from '../journal/mergers.ts'
import { policyInForce, rateTableOn } from '../journal/policy.ts'
import type { QueryDeps } from './deps.ts'
import { readDoc } from './deps.ts'

export type TownView = {
  readonly code: string
  readonly names: { readonly ja: string; readonly en?: string }
  readonly did: string
  readonly tier: string
  readonly fromLeaf: number
  readonly hostBodies: number
  /** What it is part of now, and from which day on. */
  readonly becamePartOf?: BecamePartOf
}

type BecamePartOf = { readonly code: string; readonly names: TownView['names']; readonly on: string }

const PAGE_OF_KEYS = 1_000

/** Throws NotFound for a code that is not in the roster. */
export const municipality = async (deps: QueryDeps, code: string): Promise<TownView> => {
  const town = deps.roster().findLast((one) => one.code === code)
  if (town === undefined) throw notFound()
  const doc = await readDoc(deps.books, 'municipality', `municipality:${code}`)
  const merger = await mergerOf(deps, code)
  return {
    code,
    names: namesOf(doc, code),
    did: town.did,
    tier: doc?.tier ?? 'municipality',
    fromLeaf: town.fromLeaf,
    hostBodies: (await hostBodiesOf(deps, code)).length,
    ...(merger === null ? {} : { becamePartOf: merger }),
  }
}

const namesOf = (doc: MunicipalityDoc | null, code: string): TownView['names'] => {
  const { ja, en } = doc?.names ?? { ja: code, en: null }
  return { ja, ...(en === null ? {} : { en }) }
}

/** What a municipality is part of today, and since when; null while it stands. */
export const mergerOf = async ({ books, clock }: Pick<QueryDeps, 'books' | 'clock'>, code: string): Promise<BecamePartOf | null> => {
  const mergers = (await readDoc(books, 'mergers', 'mergers:all'))?.mergers ?? []
  const into = successorOn(mergers, code, today(clock))
  const first = mergers.find(({ from }) => from === code)
  if (into === code || first === undefined) return null
  return { code: into, names: namesOf(await readDoc(books, 'municipality', `municipality:${into}`), into), on: first.on }
}

/** By code. */
export const municipalities = async (
  deps: QueryDeps,
  query: { readonly limit: number; readonly cursor?: string },
): Promise<{ readonly municipalities: readonly TownView[]; readonly cursor?: string }> => {
  const codes = [...new Set(deps.roster().map(({ code }) => code))].toSorted().filter((code) => code > (query.cursor ?? ''))
  const page = codes.slice(0, query.limit)
  const last = page.at(-1)
  return {
    municipalities: await Promise.all(page.map((code) => municipality(deps, code))),
    ...(last === undefined || codes.length <= page.length ? {} : { cursor: last }),
  }
}

export type HostBody = { readonly did: string; readonly names: HostRegistration['names'] }

/** Host bodies registered in a town on a civil day, today when not given. */
export const hostBodiesOf = async ({ books, clock }: QueryDeps, code: string, on = today(clock)): Promise<readonly HostBody[]> => {
  const found: HostBody[] = []
  for (let after: string | null = null; ;) {
    const keys: readonly string[] = await books.keys('hosts:', after, PAGE_OF_KEYS)
    for (const [key, doc] of await books.load(keys)) {
      // Whose account is erased does nothing more here.
      if (doc?.kind !== 'hosts' || isErased(key.slice('hosts:'.length))) continue
      const here = doc.registrations.find((one) => one.code === code && one.from <= on && (one.to === null || one.to >= on))
      if (here !== undefined) found.push({ did: key.slice('hosts:'.length), names: here.names })
    }
    if (keys.length < PAGE_OF_KEYS) return found
    after = keys.at(-1) ?? null
  }
}

const today = (clock: QueryDeps['clock']): string => dayOf(new Date(clock.civilMs()).toISOString())

export type RecordView = { readonly uri: string; readonly cid: string; readonly leaf: number; readonly value: unknown }

/** The policy and rate table in force on a civil day, with their records. Throws NotFound for a code that is not in the roster. */
export const policyOf = async (
  deps: QueryDeps,
  code: string,
  on = today(deps.clock),
): Promise<{ readonly policy?: RecordView; readonly rateTable?: RecordView }> => {
  if (!deps.roster().some((town) => town.code === code)) throw notFound()
  const policies = await readDoc(deps.books, 'policies', `policies:${code}`)
  const rates = await readDoc(deps.books, 'rates', `rates:${code}`)
  const policy = policyInForce(policies, on)
  const rateTable = rateTableOn(rates, on)
  return {
    ...(policy === undefined ? {} : { policy: await recordOf(deps, policy) }),
    ...(rateTable === undefined ? {} : { rateTable: await recordOf(deps, rateTable) }),
  }
}

const recordOf = async ({ books }: QueryDeps, { uri, cid, leaf }: { uri: string; cid: string; leaf: number }): Promise<RecordView> => {
  const row = (await books.rows({ uri, limit: 10 })).find((one) => one.cid === cid)
  return { uri, cid, leaf, value: row?.value ?? {} }
}
