// The roster of an appview in service is changed: while it runs, by the process that follows; while it is stopped, at once; and where that was broken off.
// At the end the books are those of one that has followed the same log under the new roster alone.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { copyStore } from '../../appview/copy-store.ts'
import { RULES } from '../../appview/journal/rules.ts'
import { openStore } from '../../appview/store/open-store.ts'
import { putRecord, query } from '../../cli/xrpc-client.ts'
import { method, nsid } from '../../lexicons/authority.ts'
import { AppviewProcesses, CODE, TTL_MS } from './appview-processes.ts'
import { eventually, listIn } from './asking.ts'
import type { ServerProcess } from './server-process.ts'

export type NewRoster = {
  readonly name: string
  readonly skip?: string | false
  /** Null: a file in the folder. */
  readonly store: () => Promise<string | null>
  /** As one process, or apart. */
  readonly following: readonly string[]
}

const OTHER = '172031'
type Listed = { readonly code: string; readonly did: string }

const codesAt = async ({ url }: ServerProcess): Promise<readonly unknown[]> =>
  listIn(await query(url, method.listMunicipalities, {}), 'municipalities').map(({ code }) => code)

const shows = (process: ServerProcess, codes: readonly string[]): Promise<unknown> =>
  eventually(
    () => codesAt(process).catch(() => []),
    (found) => JSON.stringify(found) === JSON.stringify(codes),
    `it shows ${codes.join(', ')}`,
    60_000,
  )

export const newRoster = ({ name, skip = false, store, following }: NewRoster): void => {
  test(`the roster of an appview in service is changed (${name})`, { skip, timeout: 240_000 }, async (t) => {
    const uri = await store()
    const folder = mkdtempSync(join(tmpdir(), 'waki-roster-'))
    t.after(() => rmSync(folder, { recursive: true, force: true }))
    await using processes = await AppviewProcesses.open(uri === null ? { apart: false } : { apart: false, store: uri }, 2)
    const { network } = processes
    const other = await network.join('komatsu')
    await putRecord(other, nsid.municipality, 'self', {
      code: OTHER,
      names: { ja: '小松市' },
      tier: 'municipality',
      createdAt: new Date().toISOString(),
    })
    const both = [
      { code: CODE, did: network.didOfTown() },
      { code: OTHER, did: other.did },
    ] as const
    const [one] = both
    const fileOf = (file: string, towns: readonly Listed[]): string => {
      writeFileSync(join(folder, file), JSON.stringify({ towns }))
      return join(folder, file)
    }
    const rosterFile = fileOf('roster.json', both)
    const settings = { DATA_DIR: folder, ROSTER_FILE: rosterFile, ...(uri === null ? {} : { STORE: uri }) }
    const start = async (roles: string): Promise<ServerProcess> => processes.start(roles, settings)
    const startAll = async (): Promise<ServerProcess> => {
      const started: ServerProcess[] = []
      for (const roles of following) started.push(await start(roles))
      return started.at(-1) ?? assert.fail('none')
    }
    const rebuild = async (file: string): Promise<string> => {
      const env = { PATH: process.env['PATH'] ?? '', LEASE_TTL_MS: String(TTL_MS), ...settings, ROSTER_FILE: file }
      const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', 'cli/waki.js', 'rebuild'], { env })
      return stdout
    }
    const where = { address: uri ?? join(folder, 'appview.sqlite'), folder }
    const jobEnds = async (said: string): Promise<unknown> => {
      const id = /job (\w+)/.exec(said)?.[1] ?? assert.fail(said)
      const opened = await openStore(where)
      try {
        const ended = await eventually(
          async () => opened.work.job(CODE, id),
          (job) => job?.state === 'done' || job?.state === 'failed',
          'the job has ended',
          60_000,
        )
        return ended?.state === 'done' ? 'done' : ended?.reasons
      } finally {
        await opened.close()
      }
    }

    // Running: whoever follows does it, once its own file says the same.
    const door = await startAll()
    await processes.write(6)
    await processes.reached(door, await processes.leaves())
    await shows(door, [CODE, OTHER])
    const asked = await rebuild(fileOf('next.json', [one]))
    assert.match(asked, new RegExp(`${OTHER} with ${other.did} leaves`))
    assert.match(asked, /Asked for: job .* change that file for every ingest process/)
    assert.deepEqual(await jobEnds(asked), [{ code: 'job.other-roster', line: null, about: null }])
    await shows(door, [CODE, OTHER])
    fileOf('roster.json', [one])
    assert.equal(await jobEnds(await rebuild(rosterFile)), 'done')
    await shows(door, [CODE])
    await processes.write(2)
    await processes.reached(door, await processes.leaves())
    await processes.stop()

    // A file that still lists who has left takes nobody in again.
    fileOf('roster.json', both)
    await assert.rejects(start(following[0] ?? ''), /did not start/)

    // Stopped: no process starts on it, so that it is done at once.
    fileOf('roster.json', [{ code: CODE, did: other.did }])
    await assert.rejects(start(following[0] ?? ''), /did not start/)
    assert.match(await rebuild(rosterFile), /leaves; .*comes, from leaf 1 on[\s\S]*rows of intake gave/)
    const others = await startAll()
    await shows(others, [CODE])
    await processes.stop()
    fileOf('roster.json', [one])
    assert.match(await rebuild(rosterFile), /rows of intake gave [1-9]\d* transactions/)
    const here = await openStore(where)
    const dumped = await Array.fromAsync(here.books.dump())
    const { left } = await here.books.state()
    await here.close()
    assert.deepEqual(dumped, await processes.dumpOfOne())
    assert.deepEqual(left.map(({ did }) => did).toSorted(), [other.did, other.did])
    const copied = { address: join(folder, 'copied', 'appview.sqlite'), folder: join(folder, 'copied') }
    await copyStore(where, copied)
    const there = await openStore(copied)
    assert.deepEqual((await there.books.state()).left, left)
    await there.close()

    // Broken off as it had begun: whoever starts next, with that roster, goes on under it.
    const broken = await openStore(where)
    await broken.books.resetFold(
      await broken.books.takeEpoch(),
      RULES,
      both.map((town) => ({ ...town, fromLeaf: 1 })),
    )
    await broken.close()
    fileOf('roster.json', both)
    const again = await startAll()
    await shows(again, [CODE, OTHER])
    await processes.stop()
  })
}
