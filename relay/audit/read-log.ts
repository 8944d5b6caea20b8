// A relay's log as another auditor reads it: leaf by leaf what it promises, and what came with it as long as that is kept. Believes the leaf's bytes,
// not the columns beside it; that they belong together is audited by audit.ts.

import { join } from 'node:path'
import { asCid } from '../../atproto/cid.ts'
import { decodeData, parseDataMap } from '../../atproto/data-model.ts'
import type { DataMap } from '../../atproto/data-model.ts'
import { parseDid } from '../../atproto/did.ts'
import { didOf, parseEvent } from '../../atproto/event.ts'
import { decodeFrame } from '../../atproto/frame.ts'
import { openForReading } from '../../server/sqlite.ts'
import { whoOf } from '../origin/leaf.ts'
import { DATABASE_FILE } from '../origin/open-folder.ts'
import { readSealer } from '../origin/open-sealer.ts'
import { readOrigin } from '../origin/origin.ts'
import type { Origin } from '../origin/origin.ts'

/** A leaf; CIDs as text, times ISO UTC with ms. `event` is null once the frame is no longer kept. */
export type LoggedLeaf = {
  readonly leaf: number
  readonly recordedAt: string
  readonly kind: string
  readonly rev: string | null
  readonly commit: string | null
  readonly data: string | null
  readonly status: string | null
  readonly event: LoggedEvent | null
  isOf(did: string): boolean
}

type LoggedOp = { readonly action: string; readonly path: string; readonly cid: string | null }
type LoggedEvent = { readonly did: string; readonly ops: readonly LoggedOp[] }

export type RelayLog = {
  readonly origin: Pick<Origin, 'name' | 'key' | 'base' | 'created'>
  readonly length: number
  leaf(leaf: number): LoggedLeaf | undefined
  leaves(): Iterable<LoggedLeaf>
  close(): void
}

type Row = { leaf: number; bytes: Uint8Array; frame: Uint8Array | null }

const parseRow = (row: unknown): Row => row as Row

/** The log in this folder; undefined when there is none. */
export const readRelayLog = (dataDir: string): RelayLog | undefined => {
  const origin = readOrigin(dataDir, () => readSealer(dataDir))
  if (origin === undefined) return undefined
  const db = openForReading(join(dataDir, DATABASE_FILE))
  const columns = 'SELECT leaf, bytes, frame FROM leaf LEFT JOIN event ON event.seq = leaf.leaf + ?'
  const all = db.prepare(`${columns} ORDER BY leaf`)
  const one = db.prepare(`${columns} WHERE leaf = ?`)
  return {
    origin,
    length: Number(db.prepare('SELECT coalesce(max(leaf), 0) FROM leaf').pluck().get()),
    leaf: (leaf) => {
      const row = one.get(origin.base, leaf)
      return row === undefined ? undefined : leafOf(parseRow(row), origin)
    },
    *leaves() {
      for (const row of all.iterate(origin.base)) yield leafOf(parseRow(row), origin)
    },
    close: () => void db.close(),
  }
}

const leafOf = ({ leaf, bytes, frame }: Row, origin: Origin): LoggedLeaf => {
  const fields = parseDataMap(decodeData(bytes))
  const { who } = fields
  return {
    leaf,
    recordedAt: new Date(textIn(fields, 'time') ?? 0).toISOString(),
    kind: textIn(fields, 'kind') ?? '',
    rev: textIn(fields, 'rev'),
    commit: asCid(fields['commit'])?.toString() ?? null,
    data: asCid(fields['data'])?.toString() ?? null,
    status: textIn(fields, 'status'),
    event: frame === null ? null : eventIn(frame),
    isOf: (did) => who instanceof Uint8Array && Buffer.compare(whoOf(origin.saltOf(leaf), parseDid(did)), who) === 0,
  }
}

const textIn = (fields: DataMap, name: string): string | null => {
  const value = fields[name]
  return typeof value === 'string' ? value : null
}

const eventIn = (bytes: Uint8Array): LoggedEvent | null => {
  const frame = decodeFrame(bytes)
  if (frame.kind !== 'message') return null
  const event = parseEvent(frame.t, frame.payload)
  if (event.kind === 'unknown' || event.kind === 'info') return null
  const ops = event.kind !== 'commit' ? [] : event.ops.map(({ action, path, cid }) => ({ action, path, cid: cid?.toString() ?? null }))
  return { did: didOf(event), ops }
}
