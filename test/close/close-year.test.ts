// The close of a fiscal year by hand-made books: what it signs, that it is done once, and every reason not to do it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { closeYear, lastClosableYear } from '../../appview/close/close-year.ts'
import { closedYear, sealedStatement } from '../../appview/close/closings.ts'
import { remake } from '../../appview/close/remake.ts'
import { deskSentence } from '../../appview/desk/refusals.ts'
import { canonicalHash } from '../../appview/statements/canonical-json.ts'
import { RULES } from '../../appview/journal/rules.ts'
import type { IntakeRow, Json } from '../../appview/journal/model.ts'
import { nsid } from '../../lexicons/authority.ts'
import { validateRecord } from '../../lexicons/validate-record.ts'
import { jsonToData } from '../../atproto/data-model.ts'
import { CODE, ROSTER, TOWN } from '../appview/books-town.ts'
import { CUT_OFF, ClosingTown, DAY_MS, DESK, closableTown, codesOf, valueOf } from './closing-town.ts'

const FY = { fiscalYear: 2026 }

test('a year is closed as known at its cut-off: two statements, a worksheet and a close that seals them, valid by their lexicons, the same whoever makes them', async () => {
  await using town = await closableTown()
  const { books } = town.store
  const closed = valueOf(await closeYear(town.deps, DESK, FY))
  assert.deepEqual([closed.version, closed.gaps, closed.statements.map(({ entity }) => entity)], [1, 0, [null, `M:${CODE}`, null]])
  const rows = (await town.store.work.outbox(TOWN, 10)).toReversed()
  assert.deepEqual(
    rows.map(({ collection }) => collection.split('.').at(-1)),
    ['statement', 'statement', 'statement', 'close'],
    'the close comes last',
  )
  for (const { collection, record } of rows)
    assert.equal(validateRecord(collection, jsonToData(JSON.parse(JSON.stringify(record)))), 'valid')

  assert.equal(await closedYear(books, ROSTER, CODE, 2026), null, 'not before it is in the log')
  await town.publish()
  const year = (await closedYear(books, ROSTER, CODE, 2026)) ?? assert.fail('closed')
  const [version = assert.fail()] = year.versions
  assert.equal(version.hash, closed.hash)
  assert.equal(version.record.uri, closed.record)
  assert.equal(version.rules, RULES)
  assert.deepEqual(version.merged, ['culture', 'community'], 'three people stand within other, and do not stand there alone')
  const last = town.rows.findLast(({ recordedAt }) => recordedAt < CUT_OFF)
  assert.deepEqual(version.knownAt, { origin: 'test/1', leaf: last?.leaf, instant: CUT_OFF })
  const area = (await sealedStatement(books, version, null)) ?? assert.fail('sealed')
  assert.equal(canonicalHash(area.statement), area.hash)
  assert('units' in area.statement)
  assert.equal(area.statement.units.MIN.PL['4110'], 12 * 60 + 12 * 50 + 3 * 40)
  assert.equal(area.statement.units.MIN.byCategory['other']?.['4110'], 12 * 50 + 3 * 40)
  assert.equal((await remake(books, ROSTER, year, version)).verdict, 'same')
})

test('what is recorded after the cut-off changes nothing of the closed year, and the next year opens with what it left', async () => {
  await using town = await closableTown()
  const { books } = town.store
  await closeYear(town.deps, DESK, FY)
  await town.publish()
  const year = (await closedYear(books, ROSTER, CODE, 2026)) ?? assert.fail('closed')
  const [version = assert.fail()] = year.versions
  for (let index = 0; index < 6; index++) await town.act(index, { afterMs: DAY_MS })
  assert.equal((await remake(books, ROSTER, year, version)).verdict, 'same')
  const through = '2027-03-31'
  const closing = await books.sums({ scope: CODE, through, knownAt: version.knownAt })
  assert.deepEqual(await books.sums({ scope: CODE, through }), closing)
})

test('another act within the year makes another hash', async () => {
  await using one = await closableTown()
  await using other = await ClosingTown.open()
  await other.fillYear()
  await other.act(15)
  await other.goOn('2027-06-02T00:00:00.000Z')
  const hashes = [valueOf(await closeYear(one.deps, DESK, FY)).hash, valueOf(await closeYear(other.deps, DESK, FY)).hash]
  assert.notEqual(hashes[0], hashes[1])
})

test('two at one moment, or a crash between planning and publishing, publish once; asking again says where it stands', async () => {
  await using town = await closableTown()
  const [first, second] = await Promise.all([closeYear(town.deps, DESK, FY), closeYear(town.deps, DESK, FY)])
  assert.deepEqual([first, second].map(codesOf), ['done', 'close.already-closed'], 'the second finds what the first put on its way')
  assert.equal((await town.store.work.outbox(TOWN, 100)).length, 4)
  const again = await closeYear(town.deps, DESK, FY)
  assert.deepEqual(codesOf(again), 'close.already-closed')
  assert.match(again.ok ? '' : String(again.reasons[0]?.about), /org\.waki\.close\/.* pending/)
  assert.equal(await town.publish(), 4)
  assert.equal(codesOf(await closeYear(town.deps, DESK, FY)), 'close.already-closed')
})

test('every reason not to close, in order', async () => {
  await using town = await ClosingTown.open()
  await town.fillYear()
  const { deps } = town
  const said: string[] = []
  const expect = async (code: string, ...ask: Parameters<typeof closeYear>): Promise<void> => {
    assert.equal(codesOf(await closeYear(...ask)), code)
    assert(deskSentence(code) !== undefined, code)
    said.push(code)
  }
  const clerk = town.resident(1)
  const grant = { did: clerk, role: 'clerk', from: '2026-04-01T00:00:00.000Z', until: null, grantedBy: TOWN, endedBy: null } as const
  await town.store.desk.persist({ town: CODE, audit: [], roles: [grant] })
  await expect('desk.town-unknown', deps, { did: TOWN, town: '172031' }, FY)
  await expect('desk.no-role', deps, { did: town.resident(0), town: CODE }, FY)
  await expect('desk.role-insufficient', deps, { did: clerk, town: CODE }, FY)
  await expect('desk.no-publish-account', { ...deps, canPublish: async () => false }, DESK, FY)
  await expect('close.year-invalid', deps, DESK, { fiscalYear: 20.5 })
  await expect('close.nothing-recorded', deps, DESK, { fiscalYear: 2024 })
  await expect('close.too-early', deps, DESK, FY)
  town.clock.set('2027-05-31T14:59:59.999Z')
  await expect('close.too-early', deps, DESK, FY)
  town.clock.set('2027-06-02T00:00:00.000Z')
  await expect('close.gap', deps, DESK, FY)
  town.log = { leaves: town.rows.length + 1, time: '2027-06-02T00:00:00.000Z' }
  await expect('close.gap', deps, DESK, FY)
  town.log = { leaves: town.rows.length, time: CUT_OFF }
  assert.equal(codesOf(await closeYear(deps, DESK, FY)), 'done', 'the log ends before the cut-off, and all of it is read')
  await expect('close.already-closed', deps, DESK, FY)
  await expect('close.nothing-recorded', deps, DESK, { fiscalYear: 2025 })
  const trail = await town.store.desk.trail(CODE, { limit: 50 })
  assert.deepEqual(
    trail.toReversed().map(({ outcome, code }) => code ?? outcome),
    [
      'close.nothing-recorded',
      'close.too-early',
      'close.too-early',
      'close.gap',
      'close.gap',
      'done',
      'close.already-closed',
      'close.nothing-recorded',
    ],
    'strangers leave no trail, others do',
  )
  assert.equal(new Set(said).size, 9)
})

test('a resident’s repo that could not be had before the cut-off is named; closed over knowingly, the record says how many', async () => {
  await using town = await ClosingTown.open()
  await town.fillYear()
  const did = town.resident(3)
  const bare = town.maker.row(did, 'x', null, 1_000)
  const lost: IntakeRow = {
    ...bare,
    source: 'resync',
    action: 'update',
    collection: '',
    rkey: '',
    uri: `at://${did}`,
    cid: null,
    value: { unavailable: 'no' },
  }
  await town.take([lost], { head: { repo: did, rev: '3mlifhhkt2r22', data: 'bafyreiaa', state: 'desynchronized' } })
  const stranger = 'did:plc:zzzzzzzzzzzzzzzzzzzzzzzz'
  const theirs = {
    ...lost,
    ...town.maker.row(stranger, 'x', null, 1_000),
    source: 'resync',
    collection: '',
    cid: null,
    value: { unavailable: 'no' },
  } as const
  await town.take([theirs], { head: { repo: stranger, rev: '3mlifhhkt2r22', data: 'bafyreiaa', state: 'desynchronized' } })
  await town.goOn('2027-06-02T00:00:00.000Z')
  const refused = await closeYear(town.deps, DESK, FY)
  assert.deepEqual(refused, { ok: false, reasons: [{ code: 'close.gap', line: null, about: did }] })
  const closed = valueOf(await closeYear(town.deps, DESK, { ...FY, despite: [did] }))
  assert.equal(closed.gaps, 1)
  await town.publish()
  assert.equal((await closedYear(town.store.books, ROSTER, CODE, 2026))?.versions[0]?.gaps, 1)
})

test('a close by anybody else, under another key, with other figures or a hash of something else counts for nothing', async () => {
  await using town = await closableTown()
  await closeYear(town.deps, DESK, FY)
  await town.publish((record) => {
    const fields = record as Readonly<Record<string, Json>>
    return 'statements' in fields ? { ...fields, version: 2 } : record
  })
  assert.equal(await closedYear(town.store.books, ROSTER, CODE, 2026), null)
})

test('a statement that is not the one its close seals is not shown', async () => {
  await using town = await closableTown()
  await closeYear(town.deps, DESK, FY)
  await town.publish((record) => {
    const fields = record as Readonly<Record<string, Json>>
    return fields['kind'] === 'scope' ? { ...fields, statement: { v: 1 } } : record
  })
  const [version = assert.fail()] = (await closedYear(town.store.books, ROSTER, CODE, 2026))?.versions ?? []
  assert.equal(await sealedStatement(town.store.books, version, null), null)
  assert.notEqual(await sealedStatement(town.store.books, version, `M:${CODE}`), null)
})

test('the year that can be closed last', () => {
  assert.equal(lastClosableYear('2027-05-31T14:59:59.999Z'), 2025)
  assert.equal(lastClosableYear(CUT_OFF), 2026)
  assert.equal(lastClosableYear('2027-03-31T00:00:00.000Z'), 2025)
})

test('a year is not signed while the log has entries whose content is not here, but knowingly', async () => {
  await using town = await ClosingTown.open()
  await town.fillYear()
  const entry = { $type: nsid.entry, kind: 'household', createdAt: '2026-04-01T00:00:00.000Z' }
  await town.take([{ ...town.maker.row(TOWN, nsid.entry, entry, 1_000), payload: { members: [town.resident(0), town.resident(1)] } }])
  await town.take([town.maker.row(TOWN, nsid.entry, { ...entry, kind: 'receiver' }, 1_000), town.maker.row(TOWN, nsid.entry, entry, 2_000)])
  await town.goOn('2027-06-02T00:00:00.000Z')
  const refused = await closeYear(town.deps, DESK, FY)
  assert.deepEqual(refused, { ok: false, reasons: [{ code: 'close.entries-lacking', line: null, about: `1 ${TOWN}` }] })
  valueOf(await closeYear(town.deps, DESK, { ...FY, despite: [TOWN] }))
  await town.publish()
  assert.equal((await closedYear(town.store.books, ROSTER, CODE, 2026))?.versions[0]?.gaps, 1)
})
