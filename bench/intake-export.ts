// A year's intake taken out of a store, and its signed statements made again from the file alone: seconds and memory of the two commands, as an auditor
// runs them. The store is made without a network, of commits that are signed and proven as a relay would bring them, and its year is closed.
//   npm run bench:intake-export [-- --quick]

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { parseEvent } from '../atproto/event.ts'
import { decodeFrame } from '../atproto/frame.ts'
import { verifyCommitStructure } from '../atproto/verify-commit.ts'
import { closeYear } from '../appview/close/close-year.ts'
import { proofOfCommit, rowsOfCommit } from '../appview/follow/parse-record.ts'
import { openWriter } from '../appview/follow/writer.ts'
import type { Part } from '../appview/follow/writer.ts'
import { RULES } from '../appview/journal/rules.ts'
import { openSqliteStore } from '../appview/store/sqlite-store.ts'
import { settableClock } from '../server/clock.ts'
import { TOWN_CODE } from './action-record.ts'
import { projectRoot } from './child.ts'
import { either } from './mode.ts'
import { processFigures } from './process-figures.ts'
import { publish, type Row } from './report.ts'
import { scratchDir } from './servers.ts'
import { createTownYear } from './town-year.ts'

const RESIDENTS = 1_000
const ACTS = either(10_000, 100_000)
const STEP = 2_000
const BASE = 1_000_000
const POLL_MS = 50
const AFTER_THE_CUT_OFF = '2027-06-02T00:00:00.000Z'
const MEGABYTE = 1_000_000
const AIM_RSS_MB = 1_000

const year = createTownYear(RESIDENTS, BASE)
const keys = new Map([year.town, ...year.residents].map(({ did, keypair }) => [did.toString(), keypair.didKey]))
const origin = { name: 'demo/bench', key: 'did:key:zBench', base: BASE, created: '2026-04-01T00:00:00.000Z' }
const evidence = JSON.stringify({ kind: 'web', sha256: '0'.repeat(64) })

const partOf = (frame: Uint8Array): Part => {
  const message = decodeFrame(frame)
  if (message.kind !== 'message') throw new Error('a frame of the town is a message')
  const event = parseEvent(message.t, message.payload)
  if (event.kind !== 'commit') throw new Error('the town writes commits only')
  const verified = verifyCommitStructure(event, Date.parse(event.time))
  if (!verified.ok) throw new Error(verified.reason)
  const place = { origin: origin.name, leaf: event.seq - BASE, recordedAt: new Date(event.time).toISOString() }
  const believed = { ...verified, didKey: keys.get(event.repo) ?? '', evidence }
  const head = { repo: event.repo, rev: event.rev, data: verified.dataCid.toString(), state: 'synchronized' } as const
  return {
    leaf: place.leaf,
    recordedAt: place.recordedAt,
    rows: rowsOfCommit(place, event, verified.blocks),
    proof: proofOfCommit(place.leaf, event, believed),
    head,
  }
}

const dir = scratchDir('intake-export')
const store = join(dir, 'appview.sqlite')
const file = join(dir, 'intake.jsonl.gz')

const fill = async (): Promise<number> => {
  const opened = openSqliteStore(store)
  const { books, desk, work } = opened
  const roster = [{ code: TOWN_CODE, did: year.town.did.toString(), fromLeaf: 1 }]
  const clock = settableClock(Date.parse(origin.created))
  await books.bind(origin)
  await books.setRoster(roster)
  await books.resetFold(await books.takeEpoch(), RULES)
  const writer = await openWriter({ books, clock, roster: () => roster })
  let leaf = 0
  const take = async (frames: readonly Uint8Array[]): Promise<void> => {
    const parts = frames.map(partOf)
    await writer.append(parts)
    leaf = parts.at(-1)?.leaf ?? leaf
  }
  await take(year.opening)
  for (let acts = 0; acts < ACTS; acts += STEP) await take(year.more(Math.min(STEP, ACTS - acts)))
  clock.set(AFTER_THE_CUT_OFF)
  await writer.advance(AFTER_THE_CUT_OFF)
  const log = { leaves: leaf, time: AFTER_THE_CUT_OFF }
  const deps = {
    books,
    desk,
    work,
    roster: () => roster,
    clock,
    canPublish: async () => true,
    askLog: async () => log,
    flush: async () => {},
  }
  const closed = await closeYear(deps, { did: year.town.did.toString(), town: TOWN_CODE }, { fiscalYear: 2026 })
  if (!closed.ok) throw new Error(JSON.stringify(closed.reasons))
  const waiting = (await work.outbox(year.town.did.toString(), STEP)).toReversed()
  const frames = waiting.map(
    ({ collection, rkey, record }, index) =>
      year.town.create(BASE + leaf + 1 + index, Date.parse(AFTER_THE_CUT_OFF) + index, [{ path: `${collection}/${rkey}`, value: record }])
        .frame,
  )
  await take(frames)
  await opened.close()
  return leaf
}

/** One command, from its start to its end. */
const measured = async (what: string, args: readonly string[]): Promise<Row> => {
  const startMs = performance.now()
  const child = spawn(process.execPath, ['cli/waki.js', ...args], { cwd: projectRoot, stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  let figures = processFigures(child.pid ?? 0)
  const looking = setInterval(() => {
    const now = processFigures(child.pid ?? 0)
    if (Number.isFinite(now.peakMb)) figures = now
  }, POLL_MS)
  const [code] = await once(child, 'exit')
  clearInterval(looking)
  if (code !== 0) throw new Error(`${what} failed: ${said}`)
  return { what, seconds: (performance.now() - startMs) / 1_000, 'CPU seconds': figures.cpuSeconds, 'peak RSS MB': figures.peakMb }
}

const leaves = await fill()
console.log(`${ACTS} acts, ${leaves} leaves, store ${Math.round(statSync(store).size / MEGABYTE)} MB`)
const exported = await measured('export', ['intake', 'export', '--store', store, '--out', file])
const verified = await measured('verify', ['statement', 'verify', '--intake', file])
const rows = [exported, verified].map((row): Row => ({ ...row, acts: ACTS, leaves, 'file MB': statSync(file).size / MEGABYTE }))
const peak = Math.max(...rows.map((row) => Number(row['peak RSS MB'])))
publish({
  name: 'intake-export',
  tables: [{ title: `A year of ${ACTS.toLocaleString('en')} acts taken away and verified`, rows }],
  aims: [{ what: 'memory of export and verify', aim: `≤ ${AIM_RSS_MB} MB`, seen: `${Math.round(peak)} MB`, holds: peak <= AIM_RSS_MB }],
})
