// The history of one repo as intake tells it: each proven commit, with its operations undone, is the tree of the one before it. Where it is not, a row
// is missing, unless the commits between were of other collections, which leave nothing here: then what its tree shows of ours must still be what rows say.

import { cidFromBytes, parseCid } from '../../atproto/cid.ts'
import type { CidBytes } from '../../atproto/cid.ts'
import { decodeNode } from '../../atproto/mst-decode.ts'
import { emptyTree } from '../../atproto/mst.ts'
import type { Tree } from '../../atproto/mst.ts'
import type { RecordPath } from '../../atproto/record-path.ts'
import { isRecordPath } from '../../atproto/record-path.ts'
import { isOurs } from '../follow/parse-record.ts'
import { isUnavailable } from '../follow/resync.ts'
import type { IntakeRow } from '../journal/model.ts'
import { isUnnamed } from '../journal/residue.ts'
import type { RepoHead } from '../store/store.ts'
import { provable } from './audit-proof.ts'
import type { Proven } from './audit-proof.ts'
import type { Found } from './found.ts'

const EMPTY_DATA = cidFromBytes(emptyTree().root()).toString()

export class RepoChain {
  readonly #repo: string
  readonly #found: Found
  readonly #live = new Map<string, string>()
  /** Records of which a file for everybody says no path and no CID, nor whether they still stand; and paths that may be theirs. */
  readonly #unnamed = new Set<string>()
  readonly #unsaid = new Set<string>()
  /** Of the last proof, null where it cannot be told. */
  #data: string | null = EMPTY_DATA
  #rev = ''
  /** What could not be had is written down; until a resync, anything may follow. */
  #hasHole = false
  #isMixed = false
  /** Where something came between that left no row. */
  #steps: string[] = []

  constructor(repo: string, found: Found) {
    this.#repo = repo
    this.#found = found
  }

  /** All rows of one leaf; `proven` as far as their proof can be read. */
  leaf(rows: readonly IntakeRow[], proven: Proven | null): void {
    const own = provable(rows)
    const isResync = own.some(({ source }) => source === 'resync')
    if (rows.some(isUnavailable)) this.#hasHole = true
    const isWhole = !this.#hasHole && !isResync
    const before = proven !== null && isWhole && own.every(isNamed) ? this.#undone(own, proven.tree) : null
    for (const row of own) this.#take(row, isWhole)
    if (proven === null) {
      if (own.length > 0) this.#data = null
      return
    }
    const where = `leaf ${rows[0]?.leaf ?? 0}`
    if (proven.commit.rev <= this.#rev) this.#found.say(where, 'its commit is not later than the one before it')
    if (isResync && !rows.some(isUnavailable)) this.#hasHole = false
    if (isResync && !this.#hasHole) this.#compareSeen(where, proven)
    if (before !== null && this.#data !== null && before !== this.#data) this.#step(where, proven)
    this.#rev = proven.commit.rev
    this.#data = proven.commit.data.toString()
  }

  /** The stored head and live records, after the last leaf. */
  end(head: RepoHead | undefined, paths: ReadonlyMap<string, string>): void {
    const where = `repo ${this.#repo}`
    if (!isSameMap(paths, this.#live)) this.#found.say(where, 'its live records are not those its rows add up to')
    if (head === undefined) {
      if (this.#rev !== '') this.#found.say(where, 'it has rows and no head')
      return
    }
    const data = parseCid(head.data).toString()
    if (head.state === 'desynchronized' && !this.#hasHole) this.#found.say(where, 'no row says what could not be had of it')
    if (head.rev < this.#rev) this.#found.say(where, `its head is ${head.rev}, its last proof ${this.#rev}`)
    if (head.rev === this.#rev && this.#data !== null && data !== this.#data)
      this.#found.say(where, 'its head has another tree than its last proof')
    if (this.#hasHole || this.#unnamed.size > 0 || this.#live.size === 0 || ![...this.#live.keys()].every(isRecordPath)) return
    const isOursAlone = treeOf(this.#live) === data
    if (isOursAlone) for (const step of this.#steps) this.#found.say(step, 'a row of its repo is missing before it')
    else if (head.rev > this.#rev && data !== this.#data) this.#steps.push(where)
    if (!isOursAlone) this.#found.count('steps of other collections', this.#steps.length)
  }

  /** The tree before these rows. */
  #undone(rows: readonly IntakeRow[], tree: Tree): string | null {
    const undone = rows.reduceRight((after, { collection, rkey, cid }) => {
      const path = parsePath(`${collection}/${rkey}`)
      const before = this.#live.get(path)
      if (before === undefined) return cid === null ? after : after.remove(path)
      return after.put(path, parseCid(before).bytes)
    }, tree)
    return cidFromBytes(undone.root()).toString()
  }

  #take(row: IntakeRow, isWhole: boolean): void {
    const { leaf, op, action, collection, rkey, cid } = row
    const path = `${collection}/${rkey}`
    if (isUnnamed(row)) return void this.#unnamed.add(path)
    if (isWhole && (action === 'create') === this.#live.has(path) && (action === 'create' || !this.#mayBeUnsaid(path)))
      this.#found.say(`leaf ${leaf} op ${op}`, `${action} of a record that ${action === 'create' ? 'is there already' : 'no row has made'}`)
    if (cid === null) this.#live.delete(path)
    else this.#live.set(path, cid)
  }

  /** Something came between the last proof and this one. */
  #step(where: string, proven: Proven): void {
    if (!this.#compareSeen(where, proven)) return
    if (this.#isMixed) this.#found.count('steps of other collections')
    else this.#steps.push(where)
  }

  /** Whether a record of which no row is there by this path may be one of those without a name: no more paths than there are of these. */
  #mayBeUnsaid(path: string): boolean {
    if (this.#unsaid.has(path)) return true
    if (this.#unsaid.size >= this.#unnamed.size) return false
    this.#unsaid.add(path)
    return true
  }

  /** What a partial tree shows of our collections must be what the rows say. */
  #compareSeen(where: string, { commit, blocks }: Proven): boolean {
    const withdrawn = new Set([...this.#live].filter(([path]) => !isRecordPath(path)).map(([, cid]) => cid))
    for (const [path, bytes] of entriesSeen(commit.data.bytes, (node) => blocks.bytesOf(node))) {
      if (!isOurs(path)) {
        this.#isMixed = true
        continue
      }
      const cid = cidFromBytes(bytes).toString()
      if (this.#live.get(path) === cid || withdrawn.has(cid) || (!this.#live.has(path) && this.#mayBeUnsaid(path))) continue
      this.#found.say(where, `its tree holds ${path}, of which a row is missing before it`)
      return false
    }
    return true
  }
}

/** Whether a row still has the path its commit has. */
const isNamed = (row: IntakeRow): boolean => row.residue !== 'withdrawn'

const parsePath = (path: string): RecordPath => {
  if (!isRecordPath(path)) throw new Error(`${path} is no path of a record`)
  return path
}

function* entriesSeen(root: CidBytes, source: (cid: CidBytes) => Uint8Array | undefined): Generator<[RecordPath, CidBytes]> {
  const bytes = source(root)
  if (bytes === undefined) return
  const { keys, values, links } = decodeNode(bytes, isRecordPath)
  for (const [index, key] of keys.entries()) {
    const value = values[index]
    if (value !== undefined) yield [parsePath(key), value]
  }
  for (const link of links) if (link !== null) yield* entriesSeen(link, source)
}

const treeOf = (live: ReadonlyMap<string, string>): string => {
  let tree = emptyTree()
  for (const [path, cid] of live) tree = tree.put(parsePath(path), parseCid(cid).bytes)
  return cidFromBytes(tree.root()).toString()
}

const isSameMap = (a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean =>
  a.size === b.size && [...a].every(([key, value]) => b.get(key) === value)
