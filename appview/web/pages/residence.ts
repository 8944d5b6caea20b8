// Which town somebody belongs to: as its host body, as its admitted resident, or, when neither, where their entries stand.

import type { PagesDeps } from './deps.ts'
import { todayOf } from './deps.ts'
import type { Words } from './lang.ts'

export type Residence = {
  readonly code: string
  /** M: the town's own account. */
  readonly kind: 'P' | 'O' | 'M'
  /** What an organisation is called in its registration. */
  readonly names: Words | null
  /** Registered or admitted today; otherwise only their entries lead there. */
  readonly isCurrent: boolean
}

/** Null for somebody no town knows. */
export const residenceOf = async (deps: PagesDeps, did: string): Promise<Residence | null> => {
  const today = todayOf(deps)
  const { roster } = await deps.books.state()
  const town = roster.findLast((one) => one.did === did)
  if (town !== undefined) return { code: town.code, kind: 'M', names: null, isCurrent: true }
  const slice = await deps.books.load([`admissions:${did}`, `hosts:${did}`])
  const [admissions, hosts] = [slice.get(`admissions:${did}`), slice.get(`hosts:${did}`)]
  const registrations = hosts?.kind === 'hosts' ? hosts.registrations : []
  const registered = registrations.findLast(({ from, to }) => from <= today && (to === null || to >= today))
  if (registered !== undefined) return { code: registered.code, kind: 'O', names: wordsOf(registered.names), isCurrent: true }
  const spans = admissions?.kind === 'admissions' ? admissions.spans : []
  const admitted = spans.findLast(({ from, until }) => from <= today && (until === null || until >= today))
  if (admitted !== undefined) return { code: admitted.code, kind: 'P', names: null, isCurrent: true }
  const kind = registrations.length > 0 ? 'O' : 'P'
  const [code] = await deps.books.scopesOf(`${kind}:${did}`)
  const last = registrations.at(-1)
  return code === undefined ? null : { code, kind, names: last === undefined ? null : wordsOf(last.names), isCurrent: false }
}

const wordsOf = ({ ja, en }: { readonly ja: string; readonly en: string | null }): Words => ({ ja, en: en ?? ja })
