// A set of real nodes for the tests of one file, begun before the first of them and stopped after the last, with a folder for keys beside it.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before } from 'node:test'
import { startNodes } from './mongo-nodes.ts'
import type { Nodes, NodesPlan } from './mongo-nodes.ts'
import { mongodPath, skipUnless } from './needs.ts'

export type MongoSet = {
  /** Why the tests are skipped; false where they are not. */
  readonly skip: string | false
  readonly folder: string
  /** Fails where there is none. */
  readonly nodes: () => Nodes
}

/** `skip`: what else has to be there. `plan` is asked for when the nodes begin, `ended` called when they have stopped. */
export const mongoSet = (
  name: string,
  {
    skip: more = false,
    plan = () => ({}),
    ended = () => {},
  }: { skip?: string | false; plan?: (folder: string) => NodesPlan; ended?: () => void } = {},
): MongoSet => {
  const skip = skipUnless(mongodPath, 'a mongod (npm run mongod)') || more
  const folder = mkdtempSync(join(tmpdir(), `waki-${name}-`))
  let nodes: Nodes | undefined
  before(async () => {
    if (skip === false) nodes = await startNodes(plan(folder))
  })
  after(async () => {
    await nodes?.stop()
    ended()
    rmSync(folder, { recursive: true, force: true })
  })
  return { skip, folder, nodes: () => nodes ?? assert.fail('no nodes') }
}
