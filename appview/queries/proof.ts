// What stands beside an answer so that it can be checked: the hash of what was answered, the place in the log it knows of, and, of a closed year, the
// municipality's signed record of this very thing.

import type { Recorded } from '../close/closings.ts'
import { canonicalHash } from '../statements/canonical-json.ts'
import type { KnownAt } from '../statements/statement.ts'
import type { Books, Origin } from '../store/store.ts'
import type { SealedAnswer, SealedWorksheetAnswer } from './sealed-statement.ts'

export type LogPlace = { readonly origin: string; readonly key: string; readonly leaf: number; readonly seq: number }

export type Proof = {
  readonly hash: string
  readonly log: LogPlace
  readonly signatures: readonly never[]
  readonly record?: Pick<Recorded, 'uri' | 'cid' | 'leaf'>
  readonly version?: number
}

/** Bound once: it need not be asked for with each answer. */
const origins = new WeakMap<object, Origin>()

const originOf = async (books: Pick<Books, 'state'>): Promise<Origin | null> => {
  const known = origins.get(books)
  if (known !== undefined) return known
  const { origin } = await books.state()
  if (origin !== null) origins.set(books, origin)
  return origin
}

export const proofOf = async (books: Pick<Books, 'state'>, answered: { readonly knownAt: KnownAt }): Promise<Proof> => {
  const origin = await originOf(books)
  const { origin: name, leaf } = answered.knownAt
  const log = { origin: name, key: origin?.key ?? '', leaf, seq: (origin?.base ?? 0) + leaf }
  return { hash: canonicalHash(answered), log, signatures: [] }
}

type Sealing = Pick<SealedAnswer | SealedWorksheetAnswer, 'hash' | 'record' | 'of'>

/** The same place in the log, as the municipality has sealed it. */
export const sealedProof = (proof: Proof, { hash, record: { uri, cid, leaf }, of: { version } }: Sealing): Proof => ({
  ...proof,
  hash,
  record: { uri, cid, leaf },
  version,
})
