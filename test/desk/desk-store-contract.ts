// What every engine of the desk's store must do, as one suite: a deed is kept whole or not at all, under its own town, and the audit trail only grows.

import assert from 'node:assert/strict'
import { newJobOf } from '../../appview/jobs/operators-rebuild.ts'
import { DeskConflict } from '../../appview/store/desk.ts'
import type { AuditRow, Deed, Draft, EntryPayload, Resident } from '../../appview/store/desk.ts'
import type { Store } from '../../appview/store/store.ts'
import { onFreshStore } from '../appview/on-fresh-store.ts'
import type { On } from '../appview/on-fresh-store.ts'

const KANAZAWA = '172014'
const KOMATSU = '172031'
const AT = '2026-05-10T09:00:00.000Z'

const audit = (deed: string, on: string | null = null): Omit<AuditRow, 'seq'> => ({
  at: AT,
  by: 'did:plc:clerk',
  deed,
  on,
  outcome: 'done',
  code: null,
  detail: {},
})

const deed = (more: Partial<Deed> = {}): Deed => ({ town: KANAZAWA, audit: [audit('test')], ...more })

const resident = (id: string, more: Partial<Resident> = {}): Resident => ({
  id,
  name: `住民${id}`,
  did: null,
  from: '2026-04-01',
  until: null,
  household: null,
  isProtected: false,
  ...more,
})

const draft = (id: string, version: number, more: Partial<Draft> = {}): Draft => ({
  id,
  kind: 'stamps',
  state: 'draft',
  version,
  subject: null,
  by: 'did:plc:clerk',
  proposedBy: null,
  approvedBy: null,
  createdAt: AT,
  changedAt: AT,
  body: { rows: [] },
  ...more,
})

const entry = (name: string, about: readonly string[]): EntryPayload => ({
  uri: `at://did:plc:town/org.waki.entry/${name}`,
  kind: 'dispute',
  commitment: `c0${name}`,
  payload: { reason: 'not-performed' },
  salt: 'aa',
  about,
})

/** Runs the suite; `open` gives a fresh, empty store each time. */
export const deskStoreContract = (name: string, open: () => Store | Promise<Store>): void => {
  const on = onFreshStore(name, open)
  keeping(on)
  reading(on)
}

const keeping = (on: On): void => {
  on('a deed is kept with its records to be published, or not at all', async ({ desk, work }) => {
    const publish = { repo: 'did:plc:town', collection: 'org.waki.entry', rkey: '3k', verb: 'create', record: { kind: 'dispute' } } as const
    await desk.persist(deed({ drafts: [draft('d', 1)], entries: [entry('3k', [])], publish: [publish] }))
    assert.equal((await work.pending([], 10)).length, 1)
    const late = deed({ drafts: [draft('d', 1)], residents: [resident('1')], publish: [{ ...publish, rkey: '3m' }] })
    await assert.rejects(desk.persist(late), DeskConflict)
    assert.deepEqual([await desk.registerSize(KANAZAWA), (await work.pending([], 10)).length], [0, 1])
    assert.equal((await desk.trail(KANAZAWA, { limit: 9 })).length, 1)
  })

  on('the same record to be created is put into the outbox once, one that writes over it each time', async ({ desk, work }) => {
    const row = { repo: 'did:plc:town', collection: 'org.waki.admission', rkey: '3k', record: { until: '2026-05-10' } }
    await desk.persist(deed({ publish: [{ ...row, verb: 'create' }] }))
    await desk.persist(deed({ publish: [{ ...row, verb: 'create' }] }))
    await desk.persist(deed({ publish: [{ ...row, verb: 'put' }] }))
    assert.deepEqual(
      (await work.pending([], 10)).map(({ verb }) => verb),
      ['create', 'put'],
    )
  })

  on('a draft changes only from the version before it', async ({ desk }) => {
    await desk.persist(deed({ drafts: [draft('d', 1)] }))
    await desk.persist(deed({ drafts: [draft('d', 2, { state: 'proposed', proposedBy: 'did:plc:clerk' })] }))
    await assert.rejects(desk.persist(deed({ drafts: [draft('d', 2, { state: 'withdrawn' })] })), DeskConflict)
    assert.equal((await desk.draft(KANAZAWA, 'd'))?.state, 'proposed')
    assert.equal(await desk.draft(KOMATSU, 'd'), null)
  })

  on('a deed is kept only while what it has seen stands as it was', async ({ desk, work }) => {
    const grant = { did: 'did:plc:a', role: 'clerk', from: AT, until: null, grantedBy: 'did:plc:town', endedBy: null } as const
    const seen = { part: 'desk', version: await desk.version(KANAZAWA, 'desk') } as const
    assert.equal(seen.version, 0)
    const first = deed({ seen, roles: [grant] })
    const publish = { repo: 'did:plc:town', collection: 'org.waki.entry', rkey: '3k', verb: 'create', record: {} } as const
    const second = deed({ seen, publish: [publish] })
    const both = await Promise.allSettled([desk.persist(first), desk.persist(second)])
    const [kept, late] = both.toSorted((a, b) => a.status.localeCompare(b.status))
    assert.equal(kept?.status, 'fulfilled')
    assert.ok(late?.status === 'rejected' && late.reason instanceof DeskConflict && late.reason.isMoved)
    await assert.rejects(desk.persist({ ...second, drafts: [draft('d', 1)] }), { name: 'DeskConflict', isMoved: true })
    assert.deepEqual([await desk.draft(KANAZAWA, 'd'), (await desk.trail(KANAZAWA, { limit: 9 })).length], [null, 1])
    const version = await desk.version(KANAZAWA, 'desk')
    assert.deepEqual([await desk.version(KOMATSU, 'desk'), await desk.version(KANAZAWA, 'closes')], [0, 0], 'by town and part')
    await desk.persist(deed())
    assert.equal(await desk.version(KANAZAWA, 'desk'), version, 'what says nothing of it changes nothing of it')
    await desk.persist({ ...second, seen: { part: 'desk', version } })
    assert.notEqual(await desk.version(KANAZAWA, 'desk'), version)
    assert.ok((await work.pending([], 9)).length >= 1)
  })

  on('of a subject it is the newest line that must be the same', async ({ desk }) => {
    const part = { on: 'at://act' }
    const version = await desk.version(KANAZAWA, part)
    await desk.persist(deed({ audit: [audit('other', 'at://another')] }))
    const said = deed({ seen: { part, version }, audit: [audit('confirm', 'at://act')] })
    await desk.persist(said)
    await assert.rejects(desk.persist(said), { name: 'DeskConflict', isMoved: true })
    assert.equal(await desk.version(KANAZAWA, part), 2)
    assert.equal(await desk.version(KOMATSU, part), 0)
    assert.equal((await desk.trail(KANAZAWA, { limit: 9 })).length, 2)
  })

  on('a job is kept with its deed, and only from the version before', async ({ desk, work }) => {
    const job = newJobOf({ town: KANAZAWA, id: '1', kind: 'rebuild', ask: {}, by: 'did:plc:clerk', askedAt: AT })
    await desk.persist(deed({ jobs: [job] }))
    await assert.rejects(desk.persist(deed({ jobs: [job], residents: [resident('1')] })), { name: 'DeskConflict', isMoved: true })
    const cancelled = { ...job, state: 'cancelled', version: 2 } as const
    await desk.persist(deed({ jobs: [cancelled] }))
    await assert.rejects(desk.persist(deed({ jobs: [cancelled] })), { name: 'DeskConflict', isMoved: true })
    assert.deepEqual(await work.job(KANAZAWA, '1'), cancelled)
    assert.deepEqual([await desk.registerSize(KANAZAWA), (await desk.trail(KANAZAWA, { limit: 9 })).length], [0, 2])
  })

  on('the audit trail counts by town and only grows', async ({ desk }) => {
    for (const what of ['one', 'two']) await desk.persist(deed({ audit: [audit(what, 'did:plc:a')] }))
    await desk.persist({ town: KOMATSU, audit: [audit('three')] })
    assert.deepEqual(
      (await desk.trail(KANAZAWA, { limit: 9 })).map(({ seq, deed: what }) => [seq, what]),
      [
        [2, 'two'],
        [1, 'one'],
      ],
    )
    assert.equal((await desk.trail(KANAZAWA, { before: 2, limit: 9 }))[0]?.deed, 'one')
    assert.equal((await desk.trail(KANAZAWA, { on: 'did:plc:a', limit: 9 })).length, 2)
    assert.deepEqual((await desk.trail(KOMATSU, { limit: 9 }))[0], { seq: 1, ...audit('three') })
  })

  on('a role ends where it stands, and a later grant is another row', async ({ desk }) => {
    const grant = { did: 'did:plc:a', role: 'clerk', from: AT, until: null, grantedBy: 'did:plc:town', endedBy: null } as const
    await desk.persist(deed({ roles: [grant] }))
    const ended = { ...grant, until: '2026-06-01T00:00:00.000Z', endedBy: 'did:plc:town' }
    await desk.persist(deed({ roles: [ended] }))
    const again = { ...grant, from: '2026-07-01T00:00:00.000Z' }
    await desk.persist(deed({ roles: [again] }))
    assert.deepEqual(await desk.rolesOf(KANAZAWA, 'did:plc:a'), [ended, again])
    assert.deepEqual(await desk.rolesOf(KOMATSU, 'did:plc:a'), [])
  })
}

const reading = (on: On): void => {
  on('the register is found by id, DID, household and part of a name', async ({ desk }) => {
    const aoi = resident('0001', { name: '青井 あおい', did: 'did:plc:aoi', household: 'H1' })
    const ren = resident('0002', { name: '蓮', household: 'H1', isProtected: true })
    await desk.persist(deed({ residents: [aoi, ren] }))
    assert.deepEqual(await desk.resident(KANAZAWA, '0001'), aoi)
    assert.deepEqual((await desk.residentsOf(KANAZAWA, ['0002', '9'])).get('0002'), ren)
    assert.deepEqual((await desk.residentsBehind(KANAZAWA, ['did:plc:aoi'])).get('did:plc:aoi'), aoi)
    assert.deepEqual(await desk.household(KANAZAWA, 'H1'), [aoi, ren])
    assert.deepEqual(await desk.register(KANAZAWA, { find: 'あおい', limit: 9 }), [aoi])
    assert.deepEqual(await desk.register(KANAZAWA, { after: '0001', limit: 9 }), [ren])
    assert.deepEqual(await desk.register(KOMATSU, { limit: 9 }), [])
    await assert.rejects(desk.persist(deed({ residents: [resident('0003', { did: 'did:plc:aoi' })] })), DeskConflict)
    await desk.persist(
      deed({
        residents: [
          { ...ren, did: 'did:plc:aoi' },
          { ...aoi, did: null },
        ],
      }),
    )
    assert.equal((await desk.residentsBehind(KANAZAWA, ['did:plc:aoi'])).get('did:plc:aoi')?.id, '0002')
    assert.equal(await desk.registerSize(KANAZAWA), 2)
  })

  on('entries are found by commitment, uri and person; who is forgotten leaves only what the log shows', async ({ desk }) => {
    const about = ['did:plc:a', 'did:plc:b']
    const [first, second] = [entry('3k', about), entry('3m', ['did:plc:b'])]
    await desk.persist(deed({ entries: [first, second], residents: [resident('1', { did: 'did:plc:a' })] }))
    assert.deepEqual(await desk.entry(KANAZAWA, first.commitment), first)
    assert.equal(await desk.entry(KOMATSU, first.commitment), null)
    assert.deepEqual(await desk.entryAt(KANAZAWA, second.uri), second)
    assert.deepEqual(await desk.entriesAbout(KANAZAWA, 'did:plc:b'), [second, first])
    assert.deepEqual(await desk.entries(KANAZAWA, { kind: 'dispute', before: second.uri, limit: 9 }), [first])
    await desk.forget(KANAZAWA, 'did:plc:a')
    assert.deepEqual(await desk.entry(KANAZAWA, first.commitment), { ...first, payload: null, salt: null, about: [] })
    assert.deepEqual(await desk.entry(KANAZAWA, second.commitment), second)
    assert.equal(await desk.resident(KANAZAWA, '1'), null)
  })

  on('drafts come newest first, by kind and state', async ({ desk }) => {
    await desk.persist(deed({ drafts: [draft('a', 1), draft('b', 1, { kind: 'ruling', state: 'proposed' }), draft('c', 1)] }))
    const ids = async (query: object) => (await desk.drafts(KANAZAWA, { limit: 9, ...query })).map(({ id }) => id)
    assert.deepEqual(await ids({}), ['c', 'b', 'a'])
    assert.deepEqual(await ids({ kind: 'stamps', before: 'c' }), ['a'])
    assert.deepEqual(await ids({ state: 'proposed' }), ['b'])
  })
}
