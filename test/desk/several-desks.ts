// Several processes that people reach over one store: the same deed at one moment from each is kept once, and the others are told as one process tells them.
// Each store is opened by itself, so that nothing but what is stored keeps them apart.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { TidClock } from '../../atproto/tid.ts'
import { closeYear } from '../../appview/close/close-year.ts'
import { createConfirm } from '../../appview/confirm/confirm-privately.ts'
import { createDesk } from '../../appview/desk/desk.ts'
import { openDesks } from '../../appview/desk/office.ts'
import { askForRebuild } from '../../appview/jobs/operators-rebuild.ts'
import { openJobDesk } from '../../appview/jobs/open-jobs.ts'
import type { IntakeRow } from '../../appview/journal/model.ts'
import type { Store } from '../../appview/store/store.ts'
import { nsid } from '../../lexicons/authority.ts'
import { CODE, ROSTER, TOWN } from '../appview/books-town.ts'
import { ClosingTown, DESK, closableTown, codesOf } from '../close/closing-town.ts'

const PROCESSES = 3
const ACCOUNTS = new Map([[TOWN, { pds: 'http://localhost:1', identifier: TOWN, appPassword: 'x' }]])
const TRAIL = 1_000

type Doors = Awaited<ReturnType<typeof doorsOf>>
type Codes = Parameters<typeof codesOf>[0]

const doorsOf = async (town: ClosingTown, store: Store, dataDir: string) => {
  const { clock } = town
  const roster = () => ROSTER
  const deps = { ...store, roster, accounts: ACCOUNTS, clock, flush: () => {} }
  const confirm = createConfirm({
    ...store,
    roster,
    clock,
    canPublish: async () => true,
    flush: async () => {},
    tids: new TidClock(() => clock.civilMs()),
  })
  return { store, desk: createDesk(deps), desks: openDesks(deps), jobs: openJobDesk({ ...deps, store, dataDir }), confirm }
}

/** `open` opens one more store on the book of this name. */
export const severalDesks = (engine: string, open: (book: string) => Promise<Store>): void => {
  let books = 0
  const on: On = (title, work, begin = (store) => ClosingTown.open(store)) =>
    void test(`${engine}, several processes: ${title}`, async () => {
      const dataDir = mkdtempSync(join(tmpdir(), 'waki-several-'))
      const stores: Store[] = []
      const book = `book-${(books += 1)}`
      try {
        for (let nth = 0; nth < PROCESSES; nth++) stores.push(await open(book))
        const town = await begin(stores[0])
        await work(town, await Promise.all(stores.map((store) => doorsOf(town, store, dataDir))))
      } finally {
        for (const store of stores) await store.close()
        rmSync(dataDir, { recursive: true, force: true })
      }
    })
  roles(on)
  deeds(on)
  words(on)
  longWork(on)
}

type Begin = (store?: Store) => Promise<ClosingTown>
type On = (title: string, work: (town: ClosingTown, doors: readonly Doors[]) => Promise<void>, begin?: Begin) => void

/** What each process answers to the same at one moment, in the order of the alphabet. */
const atOnce = async (doors: readonly Doors[], deed: (doors: Doors) => Promise<Codes>): Promise<readonly string[]> =>
  (await Promise.all(doors.map(async (one) => codesOf(await deed(one))))).toSorted()

const trailOf = async ([first]: readonly Doors[], deed: string, outcome: string): Promise<number> =>
  ((await first?.store.desk.trail(CODE, { limit: TRAIL })) ?? []).filter((line) => line.deed === deed && line.outcome === outcome).length

const roles = (on: On): void => {
  on('a role is given once and taken once, and whoever had it is refused everywhere', async (town, doors) => {
    for (let nth = 0; nth < 5; nth++) {
      const did = town.resident(nth)
      const grant = { did, role: 'auditor' }
      assert.deepEqual(await atOnce(doors, ({ desk }) => desk.addRole(DESK, grant)), ['done', 'role.already-held', 'role.already-held'])
      assert.equal((await doors[0]?.store.desk.rolesOf(CODE, did))?.length, 1)
      assert.deepEqual(await atOnce(doors, ({ desk }) => desk.removeRole(DESK, grant)), ['done', 'role.not-held', 'role.not-held'])
      const asking = { did, town: CODE }
      assert.deepEqual(await Promise.all(doors.map(({ desk }) => desk.held(asking))), [[], [], []])
      for (const { desk } of doors) assert.equal(codesOf(await desk.trail(asking, { limit: 1 })), 'desk.no-role')
    }
    assert.deepEqual([await trailOf(doors, 'role.add', 'done'), await trailOf(doors, 'role.add', 'refused')], [5, 10])
  })

  on('a grant that stands there twice ends as a whole', async (town, doors) => {
    const did = town.resident(0)
    const grant = { did, role: 'clerk', until: null, grantedBy: TOWN, endedBy: null } as const
    const soon = new Date(town.clock.civilMs() + 50).toISOString()
    const twice = [
      { ...grant, from: '2026-04-01T00:00:00.001Z' },
      { ...grant, from: soon },
    ]
    await doors[0]?.store.desk.persist({ town: CODE, audit: [], roles: twice })
    assert.equal(codesOf((await doors[1]?.desk.removeRole(DESK, { did, role: 'clerk' })) ?? assert.fail()), 'done')
    const left = (await doors[2]?.store.desk.rolesOf(CODE, did)) ?? []
    assert.ok(left.length === 2 && left.every(({ until }) => until !== null))
  })
}

const deeds = (on: On): void => {
  on('what several do that is not the same is all kept', async (town, doors) => {
    const many = Array.from({ length: 24 }, (_, nth) => nth)
    const said = await Promise.all(
      many.map(async (nth) => {
        const door = doors[nth % doors.length] ?? assert.fail()
        return codesOf(await door.desk.addRole(DESK, { did: town.resident(nth), role: 'clerk' }))
      }),
    )
    assert.deepEqual(new Set(said), new Set(['done']))
    assert.equal((await doors[0]?.store.desk.roles(CODE))?.length, many.length)
  })

  on('a host body, a death and a dispute are told to the log once', async (town, doors) => {
    const body = { did: 'did:web:club.example', names: { ja: '会' }, validFrom: '2026-04-01' }
    const again = 'hostBody.already-registered'
    assert.deepEqual(await atOnce(doors, ({ desk }) => desk.registerHostBody(DESK, body)), ['done', again, again])
    const death = { did: town.resident(3), on: '2026-04-01' }
    assert.deepEqual(await atOnce(doors, ({ desk }) => desk.recordDeath(DESK, death)), ['done', 'done', 'done'])
    await town.act(0)
    const uri = town.rows.find(({ collection }) => collection === nsid.action)?.uri ?? assert.fail()
    const open = 'dispute.already-open'
    assert.deepEqual(await atOnce(doors, ({ desk }) => desk.openDispute(DESK, { uri, reason: 'x' })), [open, open, 'done'])
    const sent = (await doors[0]?.store.work.outbox(TOWN, TRAIL)) ?? []
    assert.deepEqual(sent.map(({ collection }) => collection).toSorted(), [nsid.entry, nsid.entry, nsid.hostBody].toSorted())
  })

  on('who looks while others never stop is told so in the end, and nothing is kept', async (town, doors) => {
    const [first = assert.fail(), second = assert.fail()] = doors
    let now = 0
    const clock = { ...town.clock, monotonicMs: () => (now += 2_000) }
    const desks = openDesks({ ...first.store, roster: () => ROSTER, accounts: ACCOUNTS, clock, flush: () => {} })
    let times = 0
    const outcome = await desks.perform(DESK, { deed: 'register.import' }, async ({ desk, town: { code } }) => {
      times += 1
      const seen = { part: 'desk', version: await desk.version(code, 'desk') } as const
      await second.store.desk.persist({ town: code, seen, audit: [] })
      const draft = { id: '1', name: 'x', did: null, from: '2026-04-01', until: null, household: null, isProtected: false }
      return { ok: true, value: null, changes: { residents: [draft] } }
    })
    assert.equal(codesOf(outcome), 'desk.busy')
    assert.ok(times > 5)
    assert.equal(await first.store.desk.registerSize(CODE), 0)
  })
}

const actOf = async (town: ClosingTown): Promise<IntakeRow> => {
  await town.act(0, { confirmer: null })
  return town.rows.findLast(({ collection }) => collection === nsid.action) ?? assert.fail()
}

const words = (on: On): void => {
  on('a private word is said once; those of others about the same act are all kept', async (town, doors) => {
    const { uri, cid } = await actOf(town)
    const said = { uri, cid: cid ?? '', verdict: 'confirmed', hasCode: true } as const
    const people = [1, 2, 3, 4].map((nth) => town.resident(nth))
    const outcomes = await Promise.all(people.flatMap((by) => doors.map(({ confirm }) => confirm(by, said))))
    const codes = outcomes.map((outcome) => (outcome.ok ? 'done' : outcome.code)).toSorted()
    assert.deepEqual(codes, [
      ...people.flatMap(() => ['confirm.already-answered', 'confirm.already-answered']),
      ...people.map(() => 'done'),
    ])
    const sent = (await doors[0]?.store.work.outbox(TOWN, TRAIL)) ?? []
    assert.equal(sent.filter(({ collection }) => collection === nsid.confirmation).length, people.length)
  })
}

const longWork = (on: On): void => {
  on('the same wish waits once, is taken back once and tried again once', async ({ clock }, doors) => {
    const asked = { kind: 'auditSample', month: '2026-05' }
    const waits = 'job.already-waiting'
    assert.deepEqual(await atOnce(doors, ({ jobs }) => jobs.start(DESK, asked)), ['done', waits, waits])
    const [job = assert.fail(), ...more] = (await doors[0]?.store.work.openJobs(9)) ?? []
    assert.equal(more.length, 0)
    assert.deepEqual(await atOnce(doors, ({ jobs }) => jobs.cancel(DESK, job.id)), ['done', 'job.ended', 'job.ended'])
    const failed = { ...job, state: 'failed', version: 3 } as const
    assert.equal(await doors[1]?.store.work.changeJob(failed), 'kept')
    assert.deepEqual(await atOnce(doors, ({ jobs }) => jobs.retry(DESK, job.id)), ['done', waits, waits])
    const rebuilds = await Promise.allSettled(doors.map(({ store }) => askForRebuild(store, clock)))
    assert.deepEqual(rebuilds.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected', 'rejected'])
    assert.equal((await doors[2]?.store.work.openJobs(9))?.length, 2)
  })

  on(
    'a year is closed once',
    async (town, doors) => {
      const asked = { fiscalYear: 2026 }
      const closed = 'close.already-closed'
      assert.deepEqual(await atOnce(doors, ({ store }) => closeYear({ ...town.deps, ...store }, DESK, asked)), [closed, closed, 'done'])
      assert.equal(await trailOf(doors, 'close', 'done'), 1)
      assert.equal((await doors[0]?.store.work.outbox(TOWN, TRAIL))?.length, 4)
    },
    closableTown,
  )
}
