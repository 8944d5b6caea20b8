// Which town somebody belongs to: as its host body, as its admitted resident, or, when neither, where their entries stand.

import type { PagesDeps } from './deps.ts'
import { todayOf } from './deps.ts'

export type Residence = {
  readonly code: string
  readonly kind: 'P' | 'O'
  /** Registered or admitted today; otherwise only their entries lead there. */
  readonly isCurrent: boolean
}

/** Null for somebody no town knows. */
export const residenceOf = async (deps: PagesDeps, did: string): Promise<Residence | null> => {
  const today = todayOf(deps)
  const slice = await deps.books.load([`admissions:${did}`, `hosts:${did}`])
  const [admissions, hosts] = [slice.get(`admissions:${did}`), slice.get(`hosts:${did}`)]
  const registrations = hosts?.kind === 'hosts' ? hosts.registrations : []
  const registered = registrations.findLast(({ from, to }) => from <= today && (to === null || to >= today))
  if (registered !== undefined) return { code: registered.code, kind: 'O', isCurrent: true }
  const spans = admissions?.kind === 'admissions' ? admissions.spans : []
  const admitted = spans.findLast(({ from, until }) => from <= today && (until === null || until >= today))
  if (admitted !== undefined) return { code: admitted.code, kind: 'P', isCurrent: true }
  const kind = registrations.length > 0 ? 'O' : 'P'
  const [code] = await deps.books.scopesOf(`${kind}:${did}`)
  return code === undefined ? null : { code, kind, isCurrent: false }
}
