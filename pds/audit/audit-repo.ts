// One repo from its stored bytes. Checks: the commit's hash, content and signature · each record's hash · the tree rebuilt from the records against the
// head's data CID · that the stored nodes are that tree, and no others stand beside them.

import { cidForCbor, cidHashes, cidFromBytes, sameCid, sameCidBytes } from '../../atproto/cid.ts'
import type { CidBytes } from '../../atproto/cid.ts'
import { InvalidCommit, parseCommit, verifyCommitSignature } from '../../atproto/commit.ts'
import { emptyTree } from '../../atproto/mst.ts'
import type { Tree } from '../../atproto/mst.ts'
import { parseRecordPath } from '../../atproto/record-path.ts'
import type { Database } from '../../server/sqlite.ts'
import type { Head } from '../repo/heads.ts'
import { unpackLinks } from '../repo/node-links.ts'
import type { Findings } from './findings.ts'

/** `storedNodes`: rows of tree nodes that stand under this repo's key. */
export const auditRepo = (db: Database, head: Head, didKey: string, storedNodes: number, findings: Findings): void => {
  const where = `repo ${head.did}`
  findings.check('repos', cidHashes(head.commitCid, head.commitBytes), where, 'the commit does not hash to its CID')
  auditCommit(head, didKey, where, findings)
  const tree = rebuiltTree(db, head, findings)
  findings.check('trees', sameCidBytes(tree.root(), head.dataCid), where, 'the records give another tree than the commit names')
  auditNodes(db, head, tree, storedNodes, where, findings)
}

const auditCommit = ({ did, rev, dataCid, commitBytes }: Head, didKey: string, where: string, findings: Findings): void => {
  try {
    const commit = parseCommit(commitBytes)
    const names = commit.did === did && commit.rev === rev && sameCid(commit.data, cidFromBytes(dataCid))
    findings.check('commits', names, where, 'the commit does not name this repo, rev and tree')
    findings.check('signatures', verifyCommitSignature(commit, didKey), where, 'the commit is not signed by the account’s key')
  } catch (error) {
    if (!(error instanceof InvalidCommit)) throw error
    findings.problem(where, `the commit: ${error.message}`)
  }
}

type RecordRow = { collection: string; rkey: string; rev: string; cid: Uint8Array; bytes: Uint8Array }

const rebuiltTree = (db: Database, head: Head, findings: Findings): Tree => {
  const rows = db.prepare<[number], RecordRow>(
    'SELECT collection, rkey, rev, cid, bytes FROM record WHERE repo = ? ORDER BY collection, rkey',
  )
  let tree = emptyTree()
  for (const { collection, rkey, rev, cid, bytes } of rows.iterate(head.id)) {
    const where = `record at://${head.did}/${collection}/${rkey}`
    findings.check('records', sameCidBytes(cidForCbor(bytes).bytes, cid), where, 'does not hash to its CID')
    if (rev > head.rev) findings.problem(where, 'is newer than the head')
    tree = tree.put(parseRecordPath(`${collection}/${rkey}`), cid)
  }
  return tree
}

type NodeRow = { repo: number; cid: CidBytes; links: Uint8Array; bytes: Uint8Array }

const auditNodes = (db: Database, head: Head, tree: Tree, storedNodes: number, where: string, findings: Findings): void => {
  const one = db.prepare<[number], NodeRow>('SELECT repo, cid, links, bytes FROM node WHERE id = ?')
  const rows = function* (id: number): Generator<NodeRow | undefined> {
    const row = one.get(id)
    yield row
    for (const child of row === undefined ? [] : unpackLinks(row.links)) yield* rows(child)
  }
  const stored = rows(head.rootNode)
  let count = 0
  for (const { cid, bytes } of tree.nodes()) {
    const row = stored.next().value
    count++
    const same = row !== undefined && row.repo === head.id && sameCidBytes(row.cid, cid) && Buffer.compare(row.bytes, bytes) === 0
    if (!findings.check('nodes', same, where, `stored tree node ${count} is not the tree’s`)) return
  }
  if (storedNodes !== count) findings.problem(where, `${storedNodes} tree nodes are stored, the tree has ${count}`)
}
