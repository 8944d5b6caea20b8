// Rows of an intake against the log they were read from: the only proof of what they say of accounts, and of the time they were recorded. From the
// relay's folder all of the log is read, so that what was left out is seen; from a relay's address each leaf that has rows is asked for.

import { hash } from 'node:crypto'
import { asCid } from '../../atproto/cid.ts'
import { decodeData, parseDataMap } from '../../atproto/data-model.ts'
import type { DataMap } from '../../atproto/data-model.ts'
import { auditLogged, createLogAudit } from '../audit/audit-log.ts'
import type { Proven } from '../audit/audit-proof.ts'
import type { LogBeside, LoggedLeaf } from '../audit/beside.ts'
import type { Found } from '../audit/found.ts'
import { isErased } from '../journal/erasure.ts'
import type { IntakeRow } from '../journal/model.ts'
import { fetchOrigin, OriginUnavailable } from '../follow/origin.ts'
import type { Books } from '../store/store.ts'
import type { Head } from './format.ts'
import { LEAVES_ASKED_AT_ONCE, LEAF_TIMEOUT_MS } from './limits.ts'

/** Where the log is: a relay's address, or what reads its folder. */
export type LogSource = { readonly relayUrl: string; readonly fetch: typeof fetch } | { readonly folder: LogBeside }

export type LogCheck = {
  rows(rows: readonly IntakeRow[], proven: Proven | null): void
  /** What was given so far has been looked at. */
  settled(): Promise<void>
  end(books: Books): Promise<void>
  close(): void
}

export const openLogCheck = async (source: LogSource, { origin, read, view }: Head, found: Found): Promise<LogCheck> => {
  const { theirs, length } = await originOf(source)
  const isSame = (['name', 'key', 'base', 'created'] as const).every((field) => origin[field] === theirs[field])
  if (!isSame) found.say('head', `this intake is of the log ${origin.name}, there the log is ${theirs.name}`)
  if (read.leaf > length) found.say('head', `it has read up to leaf ${read.leaf}, the log ends at ${length}`)
  return 'folder' in source ? ofFolder(source.folder, read.leaf, found, view === 'public') : ofRelay(source, found)
}

const originOf = async (source: LogSource) => {
  if ('folder' in source) return { theirs: source.folder.origin, length: source.folder.length }
  const { origin, leaves } = await fetchOrigin(source.fetch, source.relayUrl, AbortSignal.timeout(LEAF_TIMEOUT_MS))
  return { theirs: origin, length: leaves ?? 0 }
}

const ofFolder = (log: LogBeside, readLeaf: number, found: Found, isOfAll: boolean): LogCheck => {
  const reading: Iterator<LoggedLeaf>[] = []
  const leaves = (): IteratorObject<LoggedLeaf> => {
    const one = Iterator.from(log.leaves())
    reading.push(one)
    return one
  }
  const audit = createLogAudit({ ...log, leaves }, readLeaf, found, isOfAll)
  return {
    rows: (rows, proven) => audit.rows(rows, proven),
    settled: async () => {},
    end: (books) => audit.end(books),
    // What is not read to its end would hold the log's file.
    close: () => {
      for (const one of reading) one.return?.()
    },
  }
}

const ofRelay = ({ relayUrl, fetch: get }: Extract<LogSource, { readonly relayUrl: string }>, found: Found): LogCheck => {
  let waiting: { readonly rows: readonly IntakeRow[]; readonly proven: Proven | null }[] = []
  const look = async (rows: readonly IntakeRow[], proven: Proven | null): Promise<void> => {
    const [first] = rows
    if (first === undefined) return
    const logged = await askLeaf(get, relayUrl, first.leaf, first.repo)
    if (logged === null) return found.say(`leaf ${first.leaf}`, 'the log has no such leaf')
    found.count('leaves')
    auditLogged(rows, logged, proven, found)
  }
  return {
    rows: (rows, proven) => void waiting.push({ rows, proven }),
    settled: async () => {
      const all = waiting.values()
      waiting = []
      const work = async (): Promise<void> => {
        for (const { rows, proven } of all) await look(rows, proven)
      }
      await Promise.all(Array.from({ length: LEAVES_ASKED_AT_ONCE }, work))
    },
    end: async () => {},
    close: () => {},
  }
}

type Fields = Readonly<Record<string, unknown>>

/** Null where the log has no such leaf. Throws OriginUnavailable. */
const askLeaf = async (get: typeof fetch, relayUrl: string, leaf: number, did: string): Promise<LoggedLeaf | null> => {
  const query = isErased(did) ? '' : `?did=${encodeURIComponent(did)}`
  try {
    const response = await get(new URL(`/log/leaf/${leaf}${query}`, relayUrl), { signal: AbortSignal.timeout(LEAF_TIMEOUT_MS) })
    if (response.status === 404) return null
    if (!response.ok) throw new OriginUnavailable(`${relayUrl} answers ${response.status} for leaf ${leaf}`)
    const { bytes, salt } = (await response.json()) as Fields
    if (typeof bytes !== 'string') throw new OriginUnavailable(`${relayUrl} gives no bytes of leaf ${leaf}`)
    return leafOf(leaf, parseDataMap(decodeData(Buffer.from(bytes, 'base64'))), typeof salt === 'string' ? salt : null)
  } catch (error) {
    if (error instanceof OriginUnavailable) throw error
    throw new OriginUnavailable(`${relayUrl} gives no answer of leaf ${leaf}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** What a leaf's bytes say; the salt shows whose it is to whoever knows the DID (relay/origin/leaf.ts). */
const leafOf = (leaf: number, fields: DataMap, salt: string | null): LoggedLeaf => {
  const { who } = fields
  return {
    leaf,
    recordedAt: new Date(textIn(fields, 'time') ?? 0).toISOString(),
    kind: textIn(fields, 'kind') ?? '',
    rev: textIn(fields, 'rev'),
    commit: asCid(fields['commit'])?.toString() ?? null,
    data: asCid(fields['data'])?.toString() ?? null,
    status: textIn(fields, 'status'),
    event: null,
    isOf: (did) =>
      salt !== null &&
      who instanceof Uint8Array &&
      Buffer.compare(hash('sha256', Buffer.concat([Buffer.from(salt, 'base64'), Buffer.from(did)]), 'buffer'), who) === 0,
  }
}

const textIn = (fields: DataMap, name: string): string | null => {
  const value = fields[name]
  return typeof value === 'string' ? value : null
}
