// The keys under which a closed year's records stand in the town's repo: made of the cut-off, the place in the set and the version alone. So a year is
// closed once whoever asks and however often a program starts again, and each record is found without a search.

import { tidFromMicros } from '../../atproto/tid.ts'
import { nsid } from '../../lexicons/authority.ts'
import { cutOffOf } from '../journal/calendar.ts'

const MICROS_PER_MS = 1_000
/** As many versions as a key can tell apart. */
export const MAX_VERSION = 1_023

const keyOf = (fiscalYear: number, version: number, place: number): string =>
  tidFromMicros(Date.parse(cutOffOf(fiscalYear)) * MICROS_PER_MS + place, version)

export type RecordPlace = { readonly repo: string; readonly collection: string; readonly rkey: string }

/** Of the close (version 1) or the restatement. */
export const closingPlace = (repo: string, fiscalYear: number, version: number): RecordPlace => ({
  repo,
  collection: version === 1 ? nsid.close : nsid.restatement,
  rkey: keyOf(fiscalYear, version, 0),
})

/** Of the statement at this place of the set, from 0. */
export const memberPlace = (repo: string, fiscalYear: number, version: number, place: number): RecordPlace => ({
  repo,
  collection: nsid.statement,
  rkey: keyOf(fiscalYear, version, place),
})

export const uriOf = ({ repo, collection, rkey }: RecordPlace): string => `at://${repo}/${collection}/${rkey}`
