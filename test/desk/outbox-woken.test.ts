// What another process adds is done without waiting for the next look: records to be published, and jobs, on either engine. Nobody looks by a timer here.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { DoJob } from '../../appview/jobs/kinds.ts'
import { askForRebuild } from '../../appview/jobs/operators-rebuild.ts'
import { openRunner } from '../../appview/jobs/runner.ts'
import { openOutbox } from '../../appview/publish/outbox.ts'
import { openStore } from '../../appview/store/open-store.ts'
import { systemClock } from '../../server/clock.ts'
import { silentLog } from '../../server/log.ts'
import { nsid } from '../../lexicons/authority.ts'
import { CODE, ROSTER, TOWN } from '../appview/books-town.ts'
import { eventually } from '../support/asking.ts'
import { enginesIn } from '../support/engines.ts'

const folder = mkdtempSync(join(tmpdir(), 'waki-woken-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const engines = enginesIn(folder, 'woken')

for (const { engine, skip, open } of engines)
  test(`${engine}: a record and a job that another process adds are looked at soon`, { skip }, async (t) => {
    const where = { address: await open(), folder }
    const [here, there] = [await openStore(where), await openStore(where)]
    await there.books.setRoster(ROSTER)
    const clock = { ...systemClock(), every: () => ({ [Symbol.dispose]: () => {} }) }
    const done: string[] = []
    const outbox = openOutbox({ ...here, accounts: new Map(), fetch, clock, log: silentLog, isCaughtUp: async () => true })
    const rebuild: DoJob = async ({ kind }) => {
      done.push(kind)
      return { ok: true, value: null }
    }
    const runner = openRunner({ work: here.work, kinds: { rebuild }, clock, log: silentLog })
    t.after(async () => {
      await outbox.close()
      await runner.close()
      await here.close()
      await there.close()
    })
    for (const rkey of ['3maaaaaaaaaaa', '3maaaaaaaaaab']) {
      const record = { $type: nsid.notice, title: 'a', body: 'a', createdAt: '2026-05-10T00:00:00.000Z' }
      await there.work.enqueue({ repo: `${TOWN}/${rkey}`, collection: nsid.notice, rkey, verb: 'create', record })
      await eventually(
        () => there.work.outbox(`${TOWN}/${rkey}`, 1),
        ([row]) => row?.attempts === 1,
        'it was tried: nobody has that account',
      )
    }
    const { id } = await askForRebuild(there, clock)
    await eventually(
      () => there.work.job(CODE, id),
      (job) => job?.state === 'done',
      'the job is done',
    )
    assert.deepEqual(done, ['rebuild'])
  })
