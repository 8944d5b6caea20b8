// What a server really does when it says "written", read back instead of believed: the journal mode from its SQLite files, the syncs it makes while it
// is written to from the system's own count (strace, where there is one), and what its answer says of validation.

import { spawn, spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { openForReading } from '../server/sqlite.ts'
import { runLoad } from './run-load.ts'

const hasStrace = spawnSync('strace', ['-V']).status === 0

/** Journal modes of all SQLite files under a folder, each named once. */
export const journalModes = (dir: string): string => {
  const files = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.sqlite'))
  const modes = files.map((file) => {
    const db = openForReading(join(dir, file))
    try {
      return String(db.pragma('journal_mode', { simple: true }))
    } finally {
      db.close()
    }
  })
  return [...new Set(modes)].join(', ')
}

/** Syncs per acknowledged createRecord on one connection, where every write stands alone; NaN without strace. Being traced slows the server down. */
export const syncsPerWrite = async (url: string, accounts: string, pid: number): Promise<number> => {
  if (!hasStrace) return NaN
  const tracer = spawn('strace', ['-f', '-c', '-e', 'trace=fsync,fdatasync', '-p', String(pid)], { stdio: ['ignore', 'ignore', 'pipe'] })
  const told: string[] = []
  tracer.stderr.setEncoding('utf8').on('data', (text: string) => told.push(text))
  const gone = new Promise((resolve) => tracer.once('close', resolve))
  while (!told.join('').includes('attached') && tracer.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 20))
  const [line] = await runLoad('load/write.mjs', { url, accounts, conc: 1, repos: 8, secs: 2, warm: 0, reps: 1 })
  tracer.kill('SIGINT')
  await gone
  const calls = [...told.join('').matchAll(/^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?f(?:data)?sync$/gm)]
  const writes = (line?.perSec ?? NaN) * 2
  return calls.reduce((sum, call) => sum + Number(call[1]), 0) / writes
}

/** `validationStatus` of one record written with nothing said about validation. */
export const validationOf = async (
  url: string,
  account: { did: string; accessJwt: string },
  collection: string,
  record: object,
): Promise<string> => {
  const answer = await fetch(`${url}/xrpc/com.atproto.repo.createRecord`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${account.accessJwt}` },
    body: JSON.stringify({ repo: account.did, collection, record }),
  })
  const body: unknown = await answer.json()
  const status = typeof body === 'object' && body !== null && 'validationStatus' in body ? body.validationStatus : undefined
  return typeof status === 'string' ? status : `none (${answer.status})`
}
