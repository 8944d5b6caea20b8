// Each leaf of an intake that somebody else kept, before it is taken: order, origin, and every row against its proof: the signature of the commit, the
// path in the tree, the CID of the record; what an entry stands for against its commitment. At the end each repo's history and the hash of the file.
// Whether a key was the right one at its time the directory says (key-check.ts); rows about accounts have no proof but the log's own (log-check.ts):
// without the log an account that is said to be gone is told as a problem where the rows are to be kept, and counted where they are only looked at.

import { auditProof, provable } from '../audit/audit-proof.ts'
import { noteResidue } from '../audit/audit-rows.ts'
import { Found } from '../audit/found.ts'
import { RepoChain } from '../audit/repo-chain.ts'
import { SubjectCheck } from '../audit/subject-check.ts'
import { commitmentIn, isCommittedTo } from '../desk/commitment.ts'
import { fieldsOf, textOf } from '../journal/fields.ts'
import type { IntakeRow, Json } from '../journal/model.ts'
import { isUnnamed } from '../journal/residue.ts'
import { nsid } from '../../lexicons/authority.ts'
import type { EntryPayload } from '../store/desk.ts'
import type { Books, Proof, RepoHead } from '../store/store.ts'
import type { Head, LeafLine, PrivateContent } from './format.ts'
import type { KeyUse } from './key-check.ts'
import type { LogCheck } from './log-check.ts'

export type IntakeCheck = {
  readonly found: Found
  /** Rows of one leaf, in order, with what entries stand for put beside them. */
  leaf(line: LeafLine): { readonly rows: readonly IntakeRow[]; readonly proof: Proof | null; readonly entries: readonly EntryPayload[] }
  /** After the last leaf, when the books hold all of it. */
  end(books: Books, heads: ReadonlyMap<string, RepoHead>): Promise<void>
  /** What was given so far has been held against the log. */
  settled(): Promise<void>
  /** The key with which each repo signed last. */
  readonly keys: ReadonlyMap<string, string>
  keyUses(): Iterable<KeyUse>
  close(): void
}

export type CheckOptions = {
  readonly log?: (found: Found) => Promise<LogCheck>
  /** Whether books are made of it that go on: what nothing proves is then refused. */
  readonly isKept?: boolean
}

export const createIntakeCheck = async ({ origin, read, view }: Head, { log, isKept = false }: CheckOptions = {}): Promise<IntakeCheck> => {
  const found = new Found('rows', 'proofs', 'residues', 'account rows', 'entries without content', 'entries with content')
  const beside = await log?.(found)
  const inactive = new Set<string>()
  const subjects = new SubjectCheck(found, view === 'public')
  const uses = new Map<string, KeyUse>()
  const chains = new Map<string, RepoChain>()
  const residues = new Map<string, string>()
  const keys = new Map<string, string>()
  let last = { leaf: 0, recordedAt: '' }
  return {
    found,
    keys,
    leaf: (line) => {
      const { leaf, rows } = line
      const where = `leaf ${leaf}`
      const first = rows[0]
      if (leaf <= last.leaf || leaf > read.leaf) found.say(where, 'it does not follow on the leaf before it')
      if (first !== undefined && first.recordedAt < last.recordedAt) found.say(where, 'it was recorded before the leaf before it')
      last = { leaf, recordedAt: first?.recordedAt ?? last.recordedAt }
      checkPlaces(rows, origin.name, where, found)
      found.count('rows', rows.length)
      found.count('account rows', rows.filter(({ source }) => source === 'account').length)
      found.count('residues', provable(rows).filter(({ residue }) => residue !== undefined).length)
      for (const row of rows) {
        noteResidue(row, residues)
        if (view !== 'public' && isUnnamed(row)) found.say(where, 'a row of it has no CID, which only what everybody may have lacks')
        if (row.account?.active === true) inactive.delete(row.repo)
        if (row.account?.active !== false) continue
        inactive.add(row.repo)
        if (beside !== undefined) continue
        found.count('accounts said to be gone')
        if (isKept) found.say(where, `nothing here proves that the account is ${row.account.status ?? 'inactive'}: only the log does`)
      }
      const proof = proofOf(line)
      const proven = auditProof(rows, proof, undefined, found)
      if (first !== undefined) {
        const chain = chains.get(first.repo) ?? new RepoChain(first.repo, found)
        chains.set(first.repo, chain)
        sayFailing(found, where, () => chain.leaf(rows, proven))
        if (proof !== null) keys.set(first.repo, proof.didKey)
        if (proof !== null) noteUse(uses, proof, first.recordedAt)
        beside?.rows(rows, proven)
      }
      const contents = rows.map((row) => contentOf(row, line.private ?? [], found))
      const whole = rows.map((row, index) => {
        const payload = contents[index]?.payload ?? leftOf(row, line.private ?? [])
        return payload === undefined ? row : { ...row, payload }
      })
      for (const row of whole) subjects.row(row)
      return {
        rows: whole,
        proof,
        entries: contents.filter((entry) => entry !== null),
      }
    },
    end: async (books, heads) => {
      subjects.end()
      // What an account wrote that is not active now is kept back.
      for (const [uri, where] of residues)
        if (!inactive.has(uri.split('/')[2] ?? '')) found.say(where, `the record of ${uri} is gone, and no row says it was deleted`)
      for (const [repo, chain] of chains) await found.orSay(`repo ${repo}`, async () => chain.end(heads.get(repo), await books.paths(repo)))
      if (beside !== undefined) await found.orSay('log', () => beside.end(books))
    },
    settled: async () => {
      if (beside !== undefined) await beside.settled()
    },
    keyUses: () => uses.values(),
    close: () => beside?.close(),
  }
}

const noteUse = (uses: Map<string, KeyUse>, { repo, didKey, evidence, leaf }: Proof, at: string): void => {
  const key = `${repo} ${didKey} ${evidence}`
  const known = uses.get(key)
  uses.set(key, known === undefined ? { repo, didKey, evidence, leaf, first: at, last: at } : { ...known, last: at })
}

const sayFailing = (found: Found, where: string, check: () => void): void => {
  try {
    check()
  } catch (error) {
    found.say(where, error instanceof Error ? error.message : String(error))
  }
}

/** Rows of one leaf are of one repo and one log, in order. */
const checkPlaces = (rows: readonly IntakeRow[], origin: string, where: string, found: Found): void => {
  const [first] = rows
  for (const [index, row] of rows.entries()) {
    if (row.origin !== origin) found.say(where, 'a row of it is of another log')
    if (row.repo !== first?.repo || row.recordedAt !== first.recordedAt) found.say(where, 'its rows are of several repos or times')
    if (row.op <= (rows[index - 1]?.op ?? -1)) found.say(where, 'its rows are not in order')
    if (row.payload !== undefined) found.say(where, 'a row of it brings content without its salt')
    if ((row.account !== undefined) !== (row.source === 'account')) found.say(where, 'a row of it is and is not about an account')
  }
}

const proofOf = ({ leaf, proof }: LeafLine): Proof | null =>
  proof === null
    ? null
    : { leaf, repo: proof.repo, didKey: proof.didKey, evidence: proof.evidence, car: new Uint8Array(Buffer.from(proof.car, 'base64')) }

/** What an entry stands for, as a desk keeps it; null where it is not there, or is not what was committed to. */
const contentOf = (row: IntakeRow, contents: readonly PrivateContent[], found: Found): EntryPayload | null => {
  if (row.collection !== nsid.entry || row.action !== 'create' || row.residue !== undefined) return null
  const content = contents.find(({ op }) => op === row.op)
  const commitment = commitmentIn(row.value)
  if (content === undefined || commitment === undefined) {
    found.count('entries without content')
    return null
  }
  const { payload, salt } = content
  if (!isCommittedTo(commitment, payload, salt)) {
    found.say(`leaf ${row.leaf} op ${row.op}`, 'what it is said to stand for is not what was committed to')
    return null
  }
  found.count('entries with content')
  return { uri: row.uri, kind: textOf(fieldsOf(row.value)?.['kind']) ?? '', commitment, payload, salt, about: didsIn(payload) }
}

/** Of an entry that named an erased account: what is left to fold, provable to the leaf only. */
const leftOf = ({ collection, op, residue }: IntakeRow, contents: readonly PrivateContent[]): Json | undefined =>
  collection === nsid.entry && residue !== undefined ? contents.find((one) => one.op === op)?.payload : undefined

/** Whoever is named in it: erasing one of them takes it. */
const didsIn = (payload: Json): string[] => [...new Set(JSON.stringify(payload).match(/did:[a-z]+:[A-Za-z0-9._:%-]+/g) ?? [])]
