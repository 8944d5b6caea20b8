// An entry: what is kept privately, and the record that gives it its place in the log. Both go into one deed, so that neither is without the other.

import { randomBytes } from 'node:crypto'
import { nsid } from '../../lexicons/authority.ts'
import type { Json } from '../journal/model.ts'
import type { EntryPayload } from '../store/desk.ts'
import type { Publication } from '../store/work.ts'
import { commitmentOf } from './commitment.ts'

const SALT_BYTES = 16

export type EntryKind =
  | 'receiver'
  | 'household'
  | 'death'
  | 'dispute'
  | 'ruling'
  | 'appeal'
  | 'appeal-ruling'
  | 'suspension'
  | 'suspension-end'
  | 'import'
  | 'opening'

export type EntryInput = {
  /** The town's DID. */
  readonly repo: string
  readonly kind: EntryKind | (string & {})
  readonly payload: Json
  /** DIDs of the persons it concerns: erasing one of them takes payload and salt. */
  readonly about: readonly string[]
}

/** `rkey` a TID of its own, `createdAt` an instant of civil time. */
export const makeEntry = (
  { repo, kind, payload, about }: EntryInput,
  { rkey, createdAt }: { readonly rkey: string; readonly createdAt: string },
): { readonly entry: EntryPayload; readonly publication: Publication } => {
  const salt = randomBytes(SALT_BYTES)
  const commitment = commitmentOf(payload, salt)
  const $bytes = Buffer.from(commitment, 'hex').toString('base64').replace(/=+$/, '')
  const publication = publicationOf(repo, nsid.entry, rkey, { kind, commitment: { $bytes }, createdAt })
  return { entry: { uri: uriOf(publication), kind, commitment, payload, salt: salt.toString('hex'), about }, publication }
}

/** A record to be created. */
export const publicationOf = (repo: string, collection: string, rkey: string, record: Readonly<Record<string, unknown>>): Publication => ({
  repo,
  collection,
  rkey,
  verb: 'create',
  record: { $type: collection, ...record },
})

export const uriOf = ({ repo, collection, rkey }: Pick<Publication, 'repo' | 'collection' | 'rkey'>): string =>
  `at://${repo}/${collection}/${rkey}`
