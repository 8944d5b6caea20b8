// A directory's folder as an auditor of others reads it: which keys it ever named for a DID.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openForReading } from '../server/sqlite.ts'

export type NamedKey = { readonly operationCid: string; readonly didKey: string | null }

export type DirectoryReader = { keysOf(did: string): readonly NamedKey[]; close(): void }

/** The directory in this folder; undefined when there is none. */
export const readDirectory = (dataDir: string): DirectoryReader | undefined => {
  const file = join(dataDir, 'plc.sqlite')
  if (!existsSync(file)) return undefined
  const db = openForReading(file)
  const ofDid = db.prepare('SELECT cid, operation FROM operation WHERE did = ? ORDER BY seq')
  return {
    keysOf: (did) => ofDid.all(did).map((row) => keyIn(parseRow(row))),
    close: () => void db.close(),
  }
}

type Row = { readonly cid: string; readonly operation: string }

const parseRow = (row: unknown): Row => row as Row

type Operation = { readonly verificationMethods?: { readonly atproto?: unknown }; readonly signingKey?: unknown }

const parseOperation = (text: string): Operation => JSON.parse(text)

const keyIn = ({ cid, operation }: Row): NamedKey => {
  const { verificationMethods, signingKey } = parseOperation(operation)
  const didKey = verificationMethods?.atproto ?? signingKey
  return { operationCid: cid, didKey: typeof didKey === 'string' ? didKey : null }
}
