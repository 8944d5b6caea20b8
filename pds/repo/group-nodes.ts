// What a group of commits changes in one repo's tree, taken together: nodes that one commit makes and a later one replaces are never stored.

import { cidKey } from '../../atproto/cid.ts'
import type { CidBytes } from '../../atproto/cid.ts'
import type { Tid } from '../../atproto/tid.ts'
import type { NodeChanges } from './node-store.ts'
import type { PreparedCommit } from './prepare-commit.ts'

export class GroupNodes {
  readonly #created = new Map<string, { readonly cid: CidBytes; readonly bytes: Uint8Array; readonly rev: Tid }>()
  readonly #removed: CidBytes[] = []

  /** In the order of the repo's commits. */
  add({ nodesCreated, nodesRemoved, head }: PreparedCommit): void {
    for (const cid of nodesRemoved) if (!this.#created.delete(cidKey(cid))) this.#removed.push(cid)
    for (const { cid, bytes } of nodesCreated) this.#created.set(cidKey(cid), { cid, bytes, rev: head.rev })
  }

  changes(): NodeChanges {
    return { created: [...this.#created.values()], removed: this.#removed }
  }
}
