// What entries stand for leaves an appview only when asked for, with the salt of its commitment; whoever takes it in holds it against the commitment.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeEntry } from '../../appview/desk/entry.ts'
import { createIntakeCheck } from '../../appview/intake-export/check-intake.ts'
import { exportIntake, NothingToExport } from '../../appview/intake-export/export-intake.ts'
import { parseLine } from '../../appview/intake-export/format.ts'
import type { Head, LeafLine } from '../../appview/intake-export/format.ts'
import type { View } from '../../appview/intake-export/view.ts'
import { withPayloads } from '../../appview/follow/entry-payloads.ts'
import { openWriter } from '../../appview/follow/writer.ts'
import type { Json } from '../../appview/journal/model.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import { nsid } from '../../lexicons/authority.ts'
import { CODE, ROSTER, TOWN, personDid } from '../appview/books-town.ts'
import { ClosingTown, DAY_MS } from './closing-town.ts'

const PAYLOAD = { members: ['did:plc:aaaaaaaaaaaaaaaaaaaaaaaa', 'did:plc:bbbbbbbbbbbbbbbbbbbbbbbb'] }

const townWithEntry = async (payload: Json = PAYLOAD): Promise<ClosingTown> => {
  const town = await ClosingTown.open()
  const input = { repo: TOWN, kind: 'household', payload, about: [] }
  const { entry, publication } = makeEntry(input, { rkey: '3mlifhhkt2r22', createdAt: '2026-04-02T00:00:00.000Z' })
  await town.store.desk.persist({ town: CODE, audit: [], entries: [entry] })
  const row = {
    ...town.maker.row(TOWN, publication.collection, JSON.parse(JSON.stringify(publication.record)), 1_000),
    uri: entry.uri,
    rkey: publication.rkey,
  }
  await town.take(await withPayloads(town.store.desk, ROSTER, [row]))
  return town
}

const exported = async ({ store }: ClosingTown, view: View) => {
  const texts: string[] = []
  for await (const text of exportIntake({ books: store.books, desk: store.desk, view })) texts.push(text.trimEnd())
  const lines = texts.map((text, index) => parseLine(text, index + 1))
  const [head] = lines
  assert(head !== undefined && 'format' in head)
  const leaf = lines.findLast((line): line is LeafLine => 'leaf' in line) ?? assert.fail()
  return { head, leaf, lines: lines.filter((line): line is LeafLine => 'leaf' in line), text: texts.join('\n') }
}

const outcomeOf = async (head: Head, line: LeafLine) => {
  const check = await createIntakeCheck(head)
  const { rows, entries } = check.leaf(line)
  return { row: rows[0], entries, ...check.found.report() }
}

test('the content of entries goes along only when asked for', async () => {
  await using town = await townWithEntry()
  const open = await exported(town, { of: 'operator', isPrivate: false })
  assert.equal(open.head.private, false)
  assert.equal(open.text.includes('aaaaaaaaaaaaaaaa'), false)
  assert.equal(open.leaf.private, undefined)
  const without = await outcomeOf(open.head, open.leaf)
  assert.deepEqual([without.row?.payload, without.checked['entries without content']], [undefined, 1])

  const whole = await exported(town, { of: 'operator', isPrivate: true })
  assert.equal(whole.head.private, true)
  assert.equal(whole.leaf.rows[0]?.payload, undefined, 'it stands beside the row, with its salt')
  const taken = await outcomeOf(whole.head, whole.leaf)
  assert.deepEqual([taken.row?.payload, taken.checked['entries with content']], [PAYLOAD, 1])
  const [entry = assert.fail()] = taken.entries
  assert.deepEqual([entry.kind, entry.about], ['household', PAYLOAD.members], 'kept by the desk, and forgotten with whom it names')
})

test('content that is not what was committed to is not taken', async () => {
  await using town = await townWithEntry()
  const { head, leaf } = await exported(town, { of: 'operator', isPrivate: true })
  const [content = assert.fail()] = leaf.private ?? []
  const other = await outcomeOf(head, { ...leaf, private: [{ ...content, payload: { members: [] } }] })
  assert.equal(other.row?.payload, undefined)
  assert(other.problems.some(({ what }) => what.includes('committed to')))
  const slipped = await outcomeOf(head, { ...leaf, rows: leaf.rows.map((row) => ({ ...row, payload: PAYLOAD })) })
  assert(slipped.problems.some(({ what }) => what.includes('without its salt')))
})

test('a store that follows no log has nothing to export', async () => {
  const store = openSqliteStore(':memory:')
  await assert.rejects(Array.fromAsync(exportIntake({ books: store.books, desk: store.desk, view: { of: 'public' } })), NothingToExport)
  await store.close()
})

const ERASED_AT = '2026-07-01T00:00:00.000Z'

/** Two people, one of whom has named the other; then this account is deleted, and erased a month later. */
const erased = async (gone: string, meanwhile: (town: ClosingTown) => Promise<void> = async () => {}): Promise<ClosingTown> => {
  const town = await townWithEntry({ members: [gone, personDid(1)], note: '同居' })
  await town.act(0, { afterMs: DAY_MS })
  await town.act(2, { afterMs: DAY_MS })
  await meanwhile(town)
  const farewell = { source: 'account', action: 'update', collection: '', rkey: '', uri: `at://${gone}`, cid: null } as const
  await town.take([{ ...town.maker.row(gone, '', null, DAY_MS), ...farewell, account: { active: false, status: 'deleted' } }])
  await (await openWriter({ books: town.store.books, clock: town.clock, roster: () => ROSTER })).advance(ERASED_AT)
  return town
}

test('of an entry that named an erased account goes along what is left to fold, and nothing else may call itself so', async () => {
  const [gone, other] = [personDid(0), personDid(1)]
  await using town = await erased(gone)
  const { head, lines, text } = await exported(town, { of: 'operator', isPrivate: true })
  assert.equal(text.includes(gone), false)
  const about = async (changed: readonly LeafLine[]) => {
    const check = await createIntakeCheck(head)
    const rows = changed.flatMap((line) => check.leaf(line).rows)
    await check.end(town.store.books, new Map())
    const said = check.found.report().problems.map(({ what }) => what)
    return { rows, said: said.filter((what) => /committed to|erased account|speak of/.test(what)) }
  }
  const taken = await about(lines)
  const entry = taken.rows.find(({ collection }) => collection === nsid.entry) ?? assert.fail()
  assert.deepEqual([taken.said, entry.residue, entry.payload], [[], 'erased', { members: ['did:erased:1', other] }])
  const forged = lines.map((line) => ({
    ...line,
    rows: line.rows.map((row) => (row.repo === personDid(3) ? { ...row, value: null, residue: 'erased' as const } : row)),
  }))
  assert.match((await about(forged)).said.join(), /names none/)
})

test('what everybody may have tells of nobody who was erased: no row of theirs, no word about one, entries as they were published', async () => {
  const gone = personDid(0)
  let entriesBefore: readonly unknown[] = []
  const entriesIn = async (town: ClosingTown) => {
    const { lines, text, head } = await exported(town, { of: 'public' })
    const rows = lines.flatMap((line) => line.rows)
    return { lines, rows, text, head, entries: rows.filter(({ collection }) => collection === nsid.entry) }
  }
  await using town = await erased(gone, async (before) => {
    entriesBefore = (await entriesIn(before)).entries
    assert.equal(entriesBefore.length, 1)
  })
  const { lines, rows, text, head, entries } = await entriesIn(town)
  assert.deepEqual(entries, entriesBefore)
  assert.doesNotMatch(text, /did:erased|"named"/)
  assert.equal(text.includes(gone), false)
  assert.equal(
    rows.some(({ residue }) => residue === 'erased'),
    false,
    'no row is marked',
  )
  const check = await createIntakeCheck(head)
  for (const line of lines) check.leaf(line)
  await check.end(town.store.books, new Map())
  const said = check.found.report().problems.map(({ what }) => what)
  assert.deepEqual(
    said.filter((what) => /erased account|speak of/.test(what)),
    [],
  )
})

test('for everybody, what named somebody who was erased is as if its author had taken it back', async () => {
  const gone = personDid(0)
  const confirmer = personDid(1)
  let before: readonly string[] = []
  const deleting = async (town: ClosingTown): Promise<void> => {
    before = (await exported(town, { of: 'public' })).lines.flatMap(({ rows }) => rows.map(({ uri }) => uri))
    // The confirmer takes back a word on somebody else's act.
    await town.act(5, { afterMs: DAY_MS, confirmer: 1 })
    const last = town.rows.at(-1) ?? assert.fail()
    assert.equal(last.repo, confirmer)
    const { collection, rkey, uri } = last
    await town.take([{ ...town.maker.row(confirmer, collection, null, 1_000), action: 'delete', rkey, uri, cid: null }])
  }
  await using town = await erased(gone, deleting)
  const { lines, text, head } = await exported(town, { of: 'public' })
  const rows = lines.flatMap((line) => line.rows)
  const said = rows.filter(({ repo, collection }) => repo === confirmer && collection === nsid.confirmation)
  assert.equal(said.length, 2, 'of neither it is told that it ended')
  const [ofErased, takenBack] = said.map(({ leaf, op, recordedAt, rkey, uri, ...row }) => {
    assert.equal(rkey, `#${leaf}.${op}`)
    assert.ok(uri.endsWith(rkey) && !before.includes(uri) && recordedAt !== '')
    return row
  })
  assert.deepEqual(ofErased, takenBack)
  assert.deepEqual([ofErased?.residue, ofErased?.cid, ofErased?.value], ['withdrawn', null, null])
  const admission = rows.find(({ repo, collection, residue }) => repo === TOWN && collection === nsid.admission && residue !== undefined)
  assert.deepEqual([admission?.residue, admission?.cid, admission?.value], ['withdrawn', null, null])
  const kept = town.rows.filter(({ value, repo }) => JSON.stringify(value).includes(gone) && repo !== gone)
  assert.ok(kept.length >= 2)
  for (const { cid, uri } of kept)
    assert.ok(cid !== null && !text.includes(cid) && !text.includes(`${uri}"`), `nobody reckons who it was: ${uri}`)
  for (const view of ['public', 'operator']) {
    const check = await createIntakeCheck({ ...head, view })
    for (const line of lines) check.leaf(line)
    await check.end(town.store.books, new Map())
    const problems = check.found.report().problems.map(({ what }) => what)
    const ofThese = problems.filter((what) => /speak of|is gone|no CID|no row has made/.test(what))
    assert.equal(ofThese.length > 0, view !== 'public', ofThese.join())
  }
})

test('a desk’s file holds what is left of its residents’ acts elsewhere, and of nobody’s it has no part in', async () => {
  await using town = await ClosingTown.open()
  const there = { municipality: { scheme: 'jis-x-0402', code: '172031' } }
  const acts = [personDid(0), personDid(40)].map((did) => {
    const value = { $type: nsid.action, category: 'community', minutes: 30, performedOn: '2026-04-01', ...there }
    return town.maker.row(did, nsid.action, { ...value, createdAt: '2026-04-01T00:00:00.000Z' }, 1_000)
  })
  await town.take(acts)
  for (const { repo, rkey, uri } of acts)
    await town.take([{ ...town.maker.row(repo, nsid.action, null, 1_000), action: 'delete', rkey, uri, cid: null }])
  const { lines } = await exported(town, { of: 'town', code: CODE })
  const left = lines.flatMap(({ rows }) => rows.filter(({ collection, action }) => collection === nsid.action && action !== 'delete'))
  assert.deepEqual(
    left.map(({ residue, value }) => [residue, value !== null]),
    [
      ['withdrawn', true],
      ['withdrawn', false],
    ],
  )
})
