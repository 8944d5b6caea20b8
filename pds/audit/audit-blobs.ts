// The blobs of one repo: each one the database knows has its file, whole and of its CID.

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { cidFromBytes } from '../../atproto/cid.ts'
import type { CidBytes } from '../../atproto/cid.ts'
import type { Database } from '../../server/sqlite.ts'
import type { Head } from '../repo/heads.ts'
import type { Findings } from './findings.ts'

const DIGEST_AT = 4

export const auditBlobs = async (db: Database, { id, did }: Head, folder: string, findings: Findings): Promise<void> => {
  const cids = db.prepare<[number], CidBytes>('SELECT cid FROM blob WHERE repo = ?').pluck().all(id)
  for (const cid of cids) {
    const name = cidFromBytes(cid).toString()
    const digest = await digestOf(join(folder, name))
    const whole = digest !== undefined && Buffer.compare(digest, cid.subarray(DIGEST_AT)) === 0
    findings.check('blobs', whole, `blob ${name} of ${did}`, digest === undefined ? 'has no file' : 'its file does not hash to its CID')
  }
}

const digestOf = async (file: string): Promise<Uint8Array | undefined> => {
  const digest = createHash('sha256')
  try {
    for await (const chunk of createReadStream(file)) digest.update(chunk)
    return digest.digest()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
