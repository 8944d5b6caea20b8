// The head of each repo: one row of the table `repo`. Changing a head compares it with the one that was built upon.

import type { CidBytes } from '../../atproto/cid.ts'
import type { Did } from '../../atproto/did.ts'
import type { Tid } from '../../atproto/tid.ts'

/** `id` is the repo's integer key in every table, `rootNode` the row of its tree's root. */
export type Head = {
  readonly id: number
  readonly did: Did
  readonly rev: Tid
  readonly commitCid: CidBytes
  readonly commitBytes: Uint8Array
  readonly dataCid: CidBytes
  readonly rootNode: number
}
