// People of the register as the desk sees them: the line itself, the handle behind its DID, and whether the town has admitted them in public.

import type { Resident } from '../../../../store/desk.ts'
import type { PagesDeps } from '../../deps.ts'
import { nameOf } from '../../names.ts'

/** 'admitted' here and now; 'ended' was here; 'elsewhere' another town admitted them later; 'none' never; null without an account. */
export type Admission = {
  readonly state: 'admitted' | 'ended' | 'elsewhere' | 'none'
  readonly from: string | null
  readonly until: string | null
}
export type PersonRow = { readonly resident: Resident; readonly handle: string | null; readonly admission: Admission | null }

export const peopleOf = async (deps: PagesDeps, town: string, residents: readonly Resident[]): Promise<readonly PersonRow[]> => {
  const dids = residents.flatMap(({ did }) => did ?? [])
  const admissions = await admissionsOf(deps, town, dids)
  return Promise.all(
    residents.map(async (resident) => ({
      resident,
      handle: resident.did === null ? null : await nameOf(deps, resident.did),
      admission: resident.did === null ? null : (admissions.get(resident.did) ?? NEVER),
    })),
  )
}

const NEVER: Admission = { state: 'none', from: null, until: null }

const admissionsOf = async ({ books }: PagesDeps, town: string, dids: readonly string[]): Promise<ReadonlyMap<string, Admission>> => {
  const docs = await books.load(dids.map((did) => `admissions:${did}`))
  return new Map(
    dids.map((did) => {
      const doc = docs.get(`admissions:${did}`)
      const last = doc?.kind === 'admissions' ? doc.spans.at(-1) : undefined
      if (last === undefined) return [did, NEVER]
      const state = last.code !== town ? 'elsewhere' : last.until === null ? 'admitted' : 'ended'
      return [did, { state, from: last.from, until: last.until }]
    }),
  )
}
