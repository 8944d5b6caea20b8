// Takes in an intake that another appview exported: every leaf is checked before it is stored, the whole at its end. A late appview then follows the log
// from there. Whoever calls throws the store away when anything was found.

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import type { Found } from '../audit/found.ts'
import type { AuditReport } from '../../server/audit-report.ts'
import { systemClock } from '../../server/clock.ts'
import { openWriter } from '../follow/writer.ts'
import type { Part, Writer } from '../follow/writer.ts'
import type { Roster } from '../journal/model.ts'
import { townOf } from '../journal/roster.ts'
import type { EntryPayload } from '../store/desk.ts'
import type { Books, RepoHead, Store } from '../store/store.ts'
import { createIntakeCheck } from './check-intake.ts'
import type { IntakeCheck } from './check-intake.ts'
import { InvalidIntakeFile, MAX_LINE_CHARACTERS, parseLine } from './format.ts'
import type { Head, LeafLine } from './format.ts'
import { checkKeys } from './key-check.ts'
import type { KeyCheck } from './key-check.ts'
import { openLogCheck } from './log-check.ts'
import type { LogSource } from './log-check.ts'

const BATCH_LEAVES = 500

type Target = Pick<Store, 'books' | 'desk'>

export type ImportOptions = {
  /** The log it was read from. */
  readonly log?: LogSource
  /** The directory its keys come from. */
  readonly keys?: Omit<KeyCheck, 'isRealTime'>
  /** Whether books are made of it that go on. */
  readonly isKept?: boolean
}

export type Imported = { readonly head: Head; readonly report: AuditReport; readonly keys: ReadonlyMap<string, string> }

/** Lines of a file, unpacked where its name ends in .gz; never more than one of them in memory. Throws InvalidIntakeFile. */
export async function* linesOfFile(file: string): AsyncGenerator<string> {
  const bytes = file.endsWith('.gz') ? createGunzip() : new PassThrough()
  const feeding = pipeline(createReadStream(file), bytes)
  // Its failure is that of the reading below.
  feeding.catch(() => {})
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for await (const chunk of bytes) {
      const [first = '', ...more] = decoder.decode(parseChunk(chunk), { stream: true }).split('\n')
      rest += first
      if (rest.length > MAX_LINE_CHARACTERS) throw new InvalidIntakeFile('a line of it is too long')
      for (const next of more) {
        yield rest
        rest = next
      }
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_'))
      throw new InvalidIntakeFile(`it cannot be unpacked: ${error.message}`)
    if (error instanceof Error && 'syscall' in error) throw new InvalidIntakeFile(`it cannot be read: ${error.message}`)
    throw error
  }
  if (rest !== '') yield rest
}

const parseChunk = (chunk: unknown): Uint8Array => chunk as Uint8Array

/** Into books that are empty. Throws InvalidIntakeFile for a file that is none, or that is cut short; what is wrong with its rows is in the report. */
export const importIntake = async (
  { books, desk }: Target,
  lines: AsyncIterable<string>,
  options: ImportOptions = {},
): Promise<Imported> => {
  const hash = createHash('sha256')
  const heads = new Map<string, RepoHead>()
  const counted = { leaves: 0, rows: 0 }
  using open = new DisposableStack()
  let taking: Taking | null = null
  let number = 0
  for await (const text of lines) {
    number += 1
    const line = parseLine(text, number)
    if ('format' in line) {
      if (taking !== null) throw new InvalidIntakeFile(`line ${number} begins another intake`)
      taking = await beginTaking(books, line, options)
      const { check } = taking
      open.defer(() => check.close())
    } else if (taking === null) throw new InvalidIntakeFile('it does not begin with the head of an intake')
    else if ('leaf' in line) {
      counted.leaves += 1
      counted.rows += line.rows.length
      const { rows, proof, entries } = taking.check.leaf(line)
      await taking.take({ rows, proof, leaf: line.leaf, recordedAt: line.rows[0]?.recordedAt ?? '' })
      await keepEntries(desk, taking.roster, line, entries)
    } else if ('heads' in line) for (const head of line.heads) heads.set(head.repo, head)
    else {
      const { leaves, rows, withheld, sha256 } = line.end
      if (withheld > 0) taking.check.found.count('rows kept back', withheld)
      if (leaves !== counted.leaves || rows !== counted.rows || sha256 !== hash.digest('hex'))
        taking.check.found.say('end', 'the lines are not those the file was closed with')
      return taking.end(heads)
    }
    hash.update(text).update('\n')
  }
  throw new InvalidIntakeFile('it is cut short: its last line is missing')
}

/** What entries stand for is the desk's to keep, and to forget. */
const keepEntries = async (
  desk: Target['desk'],
  roster: Roster,
  { leaf, rows }: LeafLine,
  entries: readonly EntryPayload[],
): Promise<void> => {
  const town = townOf(roster, rows[0]?.repo ?? '', leaf)
  if (town !== undefined && entries.length > 0) await desk.persist({ town, audit: [], entries })
}

type Taking = {
  readonly check: IntakeCheck
  readonly roster: Roster
  take(part: Part): Promise<void>
  end(heads: ReadonlyMap<string, RepoHead>): Promise<Imported>
}

const beginTaking = async (books: Books, head: Head, { log, keys, isKept = false }: ImportOptions): Promise<Taking> => {
  if ((await books.counts()).intake > 0) throw new InvalidIntakeFile('these books hold an intake already; an import needs empty ones')
  await books.bind(head.origin)
  await books.setRoster(head.roster)
  const source = log === undefined ? {} : { log: (found: Found) => openLogCheck(log, head, found) }
  const check = await createIntakeCheck(head, { ...source, isKept })
  const writer = await openWriter({ books, clock: systemClock(), roster: () => head.roster })
  let waiting: Part[] = []
  const flush = async (): Promise<void> => {
    const parts = waiting
    waiting = []
    await check.settled()
    // What does not stand up is not even folded: the rest of the file is only looked at.
    if (parts.length > 0 && isSound(check)) await writer.append(parts)
  }
  return {
    check,
    roster: head.roster,
    take: async (part) => {
      if (waiting.push(part) >= BATCH_LEAVES) await flush()
    },
    end: async (heads) => {
      await flush()
      if (isSound(check)) {
        await placeHeads(writer, head, heads)
        await check.end(books, heads)
      }
      const isRealTime = !head.origin.name.startsWith('demo/')
      if (keys !== undefined) await check.found.orSay('directory', () => checkKeys({ ...keys, isRealTime }, check.keyUses(), check.found))
      return { head, report: check.found.report(), keys: check.keys }
    },
  }
}

const isSound = ({ found }: IntakeCheck): boolean => found.report().problems.length === 0

/** Heads are those at the last leaf read, to which the cursor moves. */
const placeHeads = async (writer: Writer, { read }: Head, heads: ReadonlyMap<string, RepoHead>): Promise<void> => {
  const parts = [...heads.values()].map((head): Part => ({ leaf: read.leaf, recordedAt: read.instant, rows: [], head }))
  await writer.append(parts.length > 0 ? parts : [{ leaf: read.leaf, recordedAt: read.instant, rows: [] }])
}
