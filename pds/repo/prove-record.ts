// What proves that a record stands in a repo's newest commit, or that none does: a CAR of the commit, the nodes on the way to the path, the record.

import { BlockMap } from '../../atproto/block-map.ts'
import { writeCar } from '../../atproto/car.ts'
import { cidFromBytes } from '../../atproto/cid.ts'
import { loadTree } from '../../atproto/mst.ts'
import type { RecordPath } from '../../atproto/record-path.ts'
import { splitPath } from '../../atproto/record-path.ts'
import type { Head } from './heads.ts'
import type { Repos } from './repos.ts'

export const proveRecord = ({ nodes, records }: Pick<Repos, 'nodes' | 'records'>, head: Head, path: RecordPath): Uint8Array => {
  const commitCid = cidFromBytes(head.commitCid)
  const blocks = new BlockMap().set(commitCid, head.commitBytes)
  for (const { cid, bytes } of loadTree(nodes.view(head).source, head.dataCid).proof([path])) blocks.setBytes(cid, bytes)
  const { collection, rkey } = splitPath(path)
  const record = records.get(head.id, collection, rkey)
  if (record !== undefined) blocks.setBytes(record.cid, record.bytes)
  return writeCar(commitCid, blocks)
}
