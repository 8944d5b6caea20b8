// What is misspelt is refused with its name and the nearest there is, and nothing of it is published: fields of policies, rates and sheets, heads of
// files, DIDs of a register and a roster.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { isWellFormedDid } from '../../atproto/did.ts'
import { readCsv } from '../../appview/desk/csv.ts'
import { readRosterFile } from '../../appview/follow/roster.ts'
import { nsid } from '../../lexicons/authority.ts'
import { nearest } from '../../lexicons/nearest.ts'
import { unknownFieldsOf } from '../../lexicons/unknown-fields.ts'
import { listRecords } from '../pages/repo-reader.ts'
import { atDesk, openDeskWorld, type DeskName } from './desk-world.ts'
import type { Json } from '../support/asking.ts'
import type { Member } from '../support/member.ts'

const RULES = { mode: 'none', effectiveFrom: '2026-06-01' }
const RATE = { category: '*', yenPerHour: 1900, method: 'RC-S' }
const RATES = { rates: [RATE], source: '内閣府', validFrom: '2026-06-01' }

test('the nearest of what is known, and none where nothing is near', () => {
  const known = ['minutesPerDay', 'minutesPerAct', 'claimDays', 'actDays', 'mode']
  for (const [typed, meant] of [
    ['minutesPerDya', 'minutesPerDay'],
    ['minutes_per_act', 'minutesPerAct'],
    ['ClaimDays', 'claimDays'],
    ['claimDay', 'claimDays'],
    ['ｍｏｄｅ', 'mode'],
    ['mod', 'mode'],
    ['colour', undefined],
    ['', undefined],
  ] as const)
    assert.equal(nearest(typed, known), meant, typed)
})

test('fields that a lexicon does not name are found at every depth', () => {
  const told = (definition: string, value: unknown): readonly string[] => unknownFieldsOf(definition, value).map((one) => one.told)
  assert.deepEqual(told(nsid.policy, { $type: nsid.policy, ...RULES, grant: { perMinute: 60, points: 1 }, x: {} }), [
    'grant/perMinute → perMinutes?',
    'x',
  ])
  assert.deepEqual(told(nsid.rateTable, { ...RATES, rates: [RATE, { ...RATE, yenPerHuor: 1 }] }), ['rates/1/yenPerHuor → yenPerHour?'])
  assert.deepEqual(told(nsid.policy, { ...RULES, toString: 1 }), ['toString'])
  assert.deepEqual([told(nsid.policy, null), told(nsid.policy, [RULES])], [[], []])
})

test('a DID of a directory has 24 characters of base32; other methods are judged by their form', () => {
  for (const did of [`did:plc:${'a2z7'.repeat(6)}`, 'did:web:kanazawa.example']) assert.ok(isWellFormedDid(did), did)
  for (const did of ['did:plc:xyz', `did:plc:${'a'.repeat(25)}`, `did:plc:${'a'.repeat(23)}1`, `did:plc:${'A'.repeat(24)}`, 'aoi', null])
    assert.ok(!isWellFormedDid(did), String(did))
})

test('heads of a file: all that are wrong, each with the nearest; capitals and tabs do not matter', () => {
  const columns = { needed: ['id', 'name', 'from'], known: ['id', 'name', 'from', 'usableUntil'] } as const
  const told = (text: string): unknown => {
    const read = readCsv(text, columns)
    return read.ok ? read.value : read.reasons.map(({ code, about }) => [code, about])
  }
  assert.deepEqual(told('id,nmae,form,色\n1,a,b,c'), [
    ['csv.column-missing', 'name'],
    ['csv.column-missing', 'from'],
    ['csv.column-unknown', 'nmae → name?'],
    ['csv.column-unknown', 'form → from?'],
    ['csv.column-unknown', '色'],
  ])
  const expected = {
    lines: [
      { line: 2, cells: { id: '1', name: '青井, 花子', from: '2026-04-01', usableUntil: '' } },
      { line: 4, cells: { id: '2', name: '改行\nの人', from: '2026-04-01', usableUntil: '2026-05-01' } },
    ],
    refused: [],
  }
  const pasted = 'ID\tＮame\tfrom\tusableuntil\r\n1\t青井, 花子\t2026-04-01\t\r\n\t\t\t\r\n2\t"改行\n の人"\t 2026-04-01\t2026-05-01\r\n'
  assert.deepEqual(told(pasted.replace('\n の人', '\nの人')), expected)
  assert.deepEqual(
    told('\u{feff}id,name,from,usableUntil\n1, "青井, 花子" ,2026-04-01,\n\n2,"改行\nの人",2026-04-01,2026-05-01\n'),
    expected,
  )
  const short = readCsv('id\tname\tfrom\n1\ta\n2,b,c\n3\tc\td\n', columns)
  assert.deepEqual(short.ok && [short.value.refused.map(({ line }) => line), short.value.lines.map(({ line }) => line)], [[2, 3], [4]])
})

/** All that the desk says: of each reason its line, its code, and what it is about. */
const told = async (who: Member, deed: DeskName, input: Json): Promise<readonly string[]> => {
  const message = await atDesk(who, deed, input).then(
    () => 'nothing refused',
    (error: unknown) => (error instanceof Error ? error.message : ''),
  )
  return message.split('\n').map((line) => {
    const [, number = '-', code = '', about = ''] = /^(?:line (\d+): )?([\w.-]+): .*?(?:\(([^()]*)\))?$/.exec(line) ?? []
    return `${number} ${code} ${about}`
  })
}

test('a misspelt policy, rate table or sheet is refused with every slip named, and nothing is published', async () => {
  const { world, town, clerk, admin } = await openDeskWorld()
  await using _ = world
  const before = [await listRecords(town.session, nsid.policy), await listRecords(town.session, nsid.rateTable)]
  const policy = { ...RULES, minutesPerDya: 300, timelevel: 2 }
  for (const deed of ['previewPolicy', 'publishPolicy'] as const)
    assert.deepEqual(await told(admin, deed, { policy }), [
      '- policy.field-unknown minutesPerDya → minutesPerDay?',
      '- policy.field-unknown timelevel → timeLevel?',
    ])
  assert.deepEqual(await told(admin, 'publishPolicy', { policy: { ...RULES, claimDays: '30' } }), ['- policy.malformed claimDays'])
  assert.deepEqual(await told(admin, 'publishPolicy', { policy: { mode: 'none' } }), ['- policy.date-impossible '])
  const rates = { ...RATES, rates: [RATE, { ...RATE, category: 'eldery' }, { ...RATE, category: 'hats' }] }
  assert.deepEqual(await told(admin, 'publishRates', { rates }), [
    '2 rates.category-unknown eldery → elderly?',
    '3 rates.category-unknown hats',
  ])
  const twice = { ...RATES, rates: [{ category: '*', yenPerHour: 1 }] }
  assert.deepEqual(await told(admin, 'publishRates', { rates: twice }), ['- rates.malformed rates/0/method'])
  await world.settled()
  assert.deepEqual([await listRecords(town.session, nsid.policy), await listRecords(town.session, nsid.rateTable)], before)
  const sheet = { title: '公園の清掃', eventId: 'e', performedOn: '2026-05-10', category: 'enviroment', minutes: 60, receiver: 'public' }
  const rows = [{ who: { resident: '1' } }, { who: { resident: '2' }, minuts: 30 }]
  assert.deepEqual(await told(clerk, 'saveSheet', { sheet: { ...sheet, rows } }), ['2 sheet.field-unknown rows/1/minuts → minutes?'])
  assert.deepEqual(await told(clerk, 'saveSheet', { sheet: { ...sheet, rows: rows.slice(0, 1) } }), [
    '- sheet.category-unknown enviroment → environment?',
  ])
  const file = join(world.dir, 'roster-misspelt.json')
  for (const [line, said] of [
    [{ code: '172014', did: 'did:plc:xyz' }, /town 1 \(172014\) has no DID: did:plc:xyz/],
    [{ code: '172014', did: town.did, fromLeef: 3 }, /town 1 \(172014\).*fromLeef → fromLeaf\?/],
  ] as const) {
    writeFileSync(file, JSON.stringify({ towns: [line] }))
    await assert.rejects(readRosterFile(file), said)
  }
})
