// Every refusal of the desk, in order of precedence: a row each, provoked over real sockets in one town. Closing and restating have their rows in test/close,
// a town that is one no more in merged-town.test.ts, a household of another in household-elsewhere.test.ts, its residents in between-towns.test.ts, what follows rulings in ladder.test.ts.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deskRefusals } from '../../appview/desk/refusals.ts'
import { CSV_MAX_BYTES } from '../../appview/desk/csv.ts'
import { at, eventually, getJson, listIn, type Json } from '../support/asking.ts'
import type { Member } from '../support/member.ts'
import { KANAZAWA, residents } from '../support/town.ts'
import { atDesk, openDeskWorld, refusalAt, untilBooked, type DeskName, type DeskWorld } from './desk-world.ts'

type Row = readonly [code: string, who: Member, deed: DeskName, input?: Json, town?: string]

const sheet = (more: Json = {}): Json => ({
  title: '清掃',
  eventId: 'e1',
  performedOn: '2026-05-10',
  category: 'environment',
  minutes: 60,
  receiver: 'public',
  rows: [{ who: { card: 'a' } }],
  ...more,
})
const opening = (line: string, control: Json = { rows: 1, points: 0, minutes: 60 }): Json => ({
  csv: `holder,points,minutes\r\n${line}\r\n`,
  control,
})

/** What the rows need to stand in the town first. */
const prepare = async (desk: DeskWorld) => {
  const { world, town, host, clerk, approver, admin } = desk
  const people = await residents(town, ['aoi', 'ren', 'sora', 'mother'])
  const [aoi = assert.fail(), ren = assert.fail(), sora = assert.fail(), mother = assert.fail()] = people
  const hidden = await world.member('hidden')
  const csv = `id,name,did,from,household,protected\r\n1,青井,${aoi.did},2026-04-01,K,\r\n2,蓮,,2026-04-01,H,\r\n3,隠,${hidden.did},2026-04-01,,1\r\n4,空,${sora.did},2026-04-01,,\r\n5,母,${mother.did},2026-04-01,K,\r\n6,蓮,${ren.did},2026-04-01,,\r\n`
  await atDesk(clerk, 'importRegister', { csv, apply: true })
  const gone = await world.member('gone')
  await gone.act(KANAZAWA)
  await world.settled()
  await gone.deactivate()
  const status = `${world.relay.url}/xrpc/com.atproto.sync.getRepoStatus?did=${gone.did}`
  await eventually(
    () => getJson(status),
    ({ active }) => active === false,
    'the relay has heard of it',
  )
  const [open, first, second] = [await aoi.act(KANAZAWA, { eventId: 'e2' }), await aoi.act(KANAZAWA), await aoi.act(KANAZAWA)]
  await ren.confirm(first, { role: 'witness' })
  await ren.confirm(second, { role: 'witness' })
  const named = await aoi.act(KANAZAWA, { category: 'community', beneficiaries: [{ class: 'person', did: ren.did }] })
  await town.confirm(named, { role: 'municipality' })
  await world.settled()
  const dispute = await atDesk(clerk, 'openDispute', { uri: second.uri, reason: 'not-performed' })
  await untilBooked(desk, String(dispute['uri']))
  await atDesk(clerk, 'proposeRuling', { dispute: String(dispute['uri']), outcome: 'upheld', reason: '確認できない' })
  const mapped = await atDesk(clerk, 'mapReceiver', { action: second.uri, index: 0, resident: '4' })
  await untilBooked(desk, String(mapped['uri']))
  const household = await atDesk(clerk, 'publishHousehold', { household: 'K' })
  assert.deepEqual(await atDesk(clerk, 'publishHousehold', { household: 'K' }), household, 'once')
  await untilBooked(desk, String(household['uri']))
  const saved = async (): Promise<Json> =>
    at(await atDesk(clerk, 'saveSheet', { sheet: sheet({ hostBody: host.did, eventId: 'e9' }) }), 'draft')
  const [draft, other, withdrawn] = [await saved(), await saved(), await saved()]
  await atDesk(clerk, 'withdraw', { id: withdrawn['id'], version: 1 })
  const brought = await atDesk(admin, 'proposeOpening', opening(`${aoi.did},0,45`, { rows: 1, points: 0, minutes: 45 }))
  const opened = await atDesk(admin, 'proposeOpening', opening(`${sora.did},0,33`, { rows: 1, points: 0, minutes: 33 }))
  await atDesk(approver, 'approve', { id: opened['id'], version: opened['version'] })
  for (const { uri, kind } of listIn(await atDesk(town, 'listEntries'), 'entries'))
    if (kind === 'opening') await untilBooked(desk, String(uri))
  const [flag] = listIn(await atDesk(approver, 'listFlags'), 'flags')
  await atDesk(approver, 'dismissFlag', { id: flag?.['id'], reason: '二回続けて行った' })
  return { aoi, ren, sora, hidden, gone, named, open, first, second, dispute, draft, other, withdrawn, brought, flag: String(flag?.['id']) }
}

const rowsOf = async (desk: DeskWorld, known: Awaited<ReturnType<typeof prepare>>): Promise<readonly Row[]> => {
  const { town, host, clerk, approver, admin, world } = desk
  const { aoi, sora, hidden, gone, open, first, second, dispute, draft, other, withdrawn, flag } = known
  const csv = (text: string): Json => ({ csv: text, apply: true })
  const stranger = await world.member('stranger')
  const body = { did: stranger.did, names: { ja: '会' }, validFrom: '2026-05-01' }
  const policy = { mode: 'none', effectiveFrom: '2026-06-01' }
  const rates = { rates: [{ category: '*', yenPerHour: 1900, method: 'RC-S' }], source: '内閣府', validFrom: '2026-06-01' }
  const both = at(await atDesk(town, 'saveSheet', { sheet: sheet({ hostBody: host.did, eventId: 'e8' }) }), 'draft')
  const own = await atDesk(town, 'propose', { id: both['id'], version: both['version'] })
  await atDesk(admin, 'addRole', { did: known.ren.did, role: 'clerk' })
  return [
    ['desk.town-unknown', clerk, 'listRoles', {}, '172031'],
    ['desk.no-role', stranger, 'listRoles'],
    ['desk.role-insufficient', clerk, 'addRole', { did: stranger.did, role: 'boss' }],
    ['draft.unknown', clerk, 'propose', { id: 'none', version: 1 }],
    ['draft.closed', clerk, 'propose', { id: withdrawn['id'], version: 7 }],
    ['draft.changed', clerk, 'propose', { id: draft['id'], version: 7 }],
    ['draft.not-proposed', approver, 'approve', { id: other['id'], version: other['version'] }],
    ['approval.same-person', town, 'approve', { id: own['id'], version: own['version'] }],
    ['role.unknown', admin, 'addRole', { did: 'nobody', role: 'boss' }],
    ['role.did-invalid', admin, 'addRole', { did: 'nobody', role: 'clerk' }],
    ['role.did-invalid', admin, 'addRole', { did: 'did:plc:xyz', role: 'clerk' }],
    ['role.already-held', admin, 'addRole', { did: clerk.did, role: 'clerk' }],
    ['role.not-held', admin, 'removeRole', { did: clerk.did, role: 'auditor' }],
    ['csv.too-large', clerk, 'importRegister', csv('x'.repeat(CSV_MAX_BYTES + 1))],
    ['csv.encoding-wrong', clerk, 'importRegister', csv('id,name,from\n1,\uFFFD,2026-04-01')],
    ['csv.unreadable', clerk, 'importRegister', csv('id,name,from\r\n"1,x,2026-04-01')],
    ['csv.column-missing', clerk, 'importRegister', csv('id,name,nope\r\n')],
    ['csv.column-unknown', clerk, 'importRegister', csv('id,name,from,from,nope\r\n')],
    ['csv.column-repeated', clerk, 'importRegister', csv('id,name,from,from\r\n')],
    ['csv.empty', clerk, 'importRegister', csv('id,name,from\r\n')],
    ['admission.did-invalid', clerk, 'admit', { did: 'x', from: 'y' }],
    ['admission.did-invalid', clerk, 'admit', { did: 'did:plc:xyz', from: '2026-05-01' }],
    ['admission.date-impossible', clerk, 'admit', { did: hidden.did, from: '2026-02-30' }],
    ['admission.protected', clerk, 'admit', { did: hidden.did, from: '2026-05-01' }],
    ['admission.account-inactive', clerk, 'admit', { did: gone.did, from: '2026-05-01' }],
    ['admission.already-admitted', clerk, 'admit', { did: aoi.did, from: '2026-05-01' }],
    ['admission.not-admitted', clerk, 'endAdmission', { did: hidden.did, until: 'x' }],
    ['hostBody.did-invalid', admin, 'registerHostBody', { ...body, did: 'x' }],
    ['hostBody.name-missing', admin, 'registerHostBody', { ...body, names: { ja: ' ' }, categories: ['nope'] }],
    ['hostBody.category-unknown', admin, 'registerHostBody', { ...body, categories: ['nope'], validFrom: 'x' }],
    ['hostBody.date-impossible', admin, 'registerHostBody', { ...body, did: host.did, validFrom: '2026-02-30' }],
    ['hostBody.account-inactive', admin, 'registerHostBody', { ...body, did: gone.did }],
    ['hostBody.already-registered', admin, 'registerHostBody', { ...body, did: host.did }],
    ['hostBody.not-registered', admin, 'endHostBody', { did: stranger.did, validTo: 'x' }],
    ['sheet.field-unknown', clerk, 'saveSheet', { sheet: sheet({ title: '', titel: '公園' }) }],
    ['sheet.event-missing', clerk, 'saveSheet', { sheet: sheet({ title: '', performedOn: 'x' }) }],
    ['sheet.event-too-long', clerk, 'saveSheet', { sheet: sheet({ eventId: '令'.repeat(22), performedOn: 'x' }) }],
    ['sheet.date-impossible', clerk, 'saveSheet', { sheet: sheet({ performedOn: '2026-05-11', category: 'nope' }) }],
    ['sheet.too-old', clerk, 'saveSheet', { sheet: sheet({ performedOn: '2026-01-01', category: 'nope' }) }],
    ['sheet.category-unknown', clerk, 'saveSheet', { sheet: sheet({ category: 'nope', minutes: 0 }) }],
    ['sheet.minutes-out-of-range', clerk, 'saveSheet', { sheet: sheet({ minutes: 721 }) }],
    [
      'sheet.too-many',
      clerk,
      'saveSheet',
      { sheet: sheet({ rows: Array.from({ length: 201 }, (_, n) => ({ who: { card: String(n) } })) }) },
    ],
    ['sheet.empty', clerk, 'propose', drafted(await atDesk(clerk, 'saveSheet', { sheet: sheet() }))],
    ['dispute.subject-invalid', clerk, 'openDispute', { uri: `at://${aoi.did}`, reason: '' }],
    ['dispute.reason-missing', clerk, 'openDispute', { uri: `${first.uri}x`, reason: '' }],
    ['dispute.action-unknown', clerk, 'openDispute', { uri: `${first.uri}x`, reason: 'x' }],
    ['dispute.action-not-recognised', clerk, 'openDispute', { uri: open.uri, reason: 'x' }],
    ['dispute.already-open', clerk, 'openDispute', { uri: second.uri, reason: 'x' }],
    ['ruling.outcome-unknown', clerk, 'proposeRuling', { dispute: 'at://x', outcome: 'perhaps', reason: '' }],
    ['ruling.reason-missing', clerk, 'proposeRuling', { dispute: 'at://x', outcome: 'upheld', reason: '' }],
    ['ruling.no-open-dispute', clerk, 'proposeRuling', { dispute: 'at://x', outcome: 'upheld', reason: 'x' }],
    ['ruling.own-act', known.ren, 'proposeRuling', { dispute: dispute['uri'], outcome: 'dismissed', reason: 'x' }],
    ['ruling.already-proposed', clerk, 'proposeRuling', { dispute: dispute['uri'], outcome: 'dismissed', reason: 'x' }],
    ['policy.field-unknown', admin, 'publishPolicy', { policy: { ...policy, mode: 'earn', minutesPerDya: 300 } }],
    ['policy.mode-unsupported', admin, 'publishPolicy', { policy: { mode: 'earn', effectiveFrom: 'x' } }],
    ['policy.date-impossible', admin, 'publishPolicy', { policy: { ...policy, effectiveFrom: 'x', timeLevel: 9 } }],
    ['policy.superseded', admin, 'publishPolicy', { policy: { ...policy, effectiveFrom: '2026-03-31', timeLevel: 9 } }],
    ['policy.retroactive', admin, 'publishPolicy', { policy: { ...policy, effectiveFrom: '2026-05-09' } }],
    ['policy.malformed', admin, 'previewPolicy', { policy: { ...policy, timeLevel: 9 } }],
    ['rates.field-unknown', admin, 'publishRates', { rates: { ...rates, source: '', sorce: '内閣府' } }],
    ['rates.source-missing', admin, 'publishRates', { rates: { ...rates, source: '', validFrom: 'x' } }],
    ['rates.date-impossible', admin, 'publishRates', { rates: { ...rates, validFrom: 'x', rates: [] } }],
    ['rates.too-far', admin, 'publishRates', { rates: { ...rates, validFrom: '2125-04-01', rates: [] } }],
    [
      'rates.category-unknown',
      admin,
      'publishRates',
      { rates: { ...rates, rates: [{ category: 'eldery', yenPerHour: -1, method: 'RC-S' }] } },
    ],
    ['rates.malformed', admin, 'previewRates', { rates: { ...rates, rates: [] } }],
    ['opening.holder-invalid', clerk, 'proposeOpening', opening('x,0,60')],
    ['opening.holder-repeated', clerk, 'proposeOpening', opening(`${aoi.did},0,60\r\n${aoi.did},0,x`)],
    ['opening.holder-not-resident', clerk, 'proposeOpening', opening(`${stranger.did},0,x`)],
    ['opening.own-balance', known.ren, 'proposeOpening', opening(`${known.ren.did},0,60`)],
    ['opening.figure-invalid', clerk, 'proposeOpening', opening(`${aoi.did},5,-3`)],
    ['opening.points-unsupported', clerk, 'proposeOpening', opening(`${aoi.did},5,60`)],
    ['opening.control-mismatch', clerk, 'proposeOpening', opening(`${aoi.did},0,61`)],
    ['opening.already-imported', clerk, 'proposeOpening', opening(`${aoi.did},0,45`, { rows: 1, points: 0, minutes: 45 })],
    ['opening.holder-opened', clerk, 'proposeOpening', opening(`${sora.did},0,33\r\n${aoi.did},0,1`, { rows: 2, points: 0, minutes: 34 })],
    ['receiver.action-unknown', clerk, 'mapReceiver', { action: `${first.uri}x`, index: 0, resident: '9' }],
    ['receiver.index-invalid', clerk, 'mapReceiver', { action: first.uri, index: 3, resident: '9' }],
    ['receiver.unknown', clerk, 'mapReceiver', { action: first.uri, index: 0, resident: '2' }],
    ['receiver.own-share', known.ren, 'mapReceiver', { action: first.uri, index: 0, resident: '6' }],
    ['receiver.is-giver', clerk, 'mapReceiver', { action: first.uri, index: 0, resident: '1' }],
    ['receiver.named-otherwise', clerk, 'mapReceiver', { action: known.named.uri, index: 0, resident: '4' }],
    ['receiver.same-household', clerk, 'mapReceiver', { action: first.uri, index: 0, resident: '5' }],
    ['receiver.already-mapped', clerk, 'mapReceiver', { action: second.uri, index: 0, resident: '4' }],
    ['flag.reason-missing', approver, 'dismissFlag', { id: 'none', reason: '' }],
    ['flag.unknown', approver, 'dismissFlag', { id: 'none', reason: 'x' }],
    ['flag.dismissed', approver, 'dismissFlag', { id: flag, reason: 'x' }],
    ['household.too-small', clerk, 'publishHousehold', { household: 'H' }],
    ['death.date-impossible', clerk, 'recordDeath', { did: stranger.did, on: '2026-05-11' }],
    ['death.not-resident', clerk, 'recordDeath', { did: stranger.did, on: '2026-05-01' }],
    ['notice.text-missing', admin, 'publishNotice', { title: ' ', body: 'x'.repeat(5000) }],
    ['notice.too-long', admin, 'publishNotice', { title: 'x', body: 'x'.repeat(5000) }],
    ['record.invalid', admin, 'publishNotice', { title: '題'.repeat(150), body: 'x' }],
  ]
}

const drafted = (view: Json): Json => ({ id: at(view, 'draft')['id'], version: at(view, 'draft')['version'] })

const REGISTER_LINES: readonly (readonly [code: string, line: string])[] = [
  ['line.columns-wrong', '1,x'],
  ['register.id-missing', ',,x,,,,'],
  ['register.id-invalid', 'a b,,x,,,,'],
  ['register.id-repeated', '20,,x,,,,'],
  ['register.id-repeated', '20,,x,,,,'],
  ['register.name-missing', '21,,x,,,,'],
  ['register.did-invalid', '22,x,x,,,,'],
  ['register.did-invalid', '31,x,did:plc:xyz,x,,,'],
  ['register.did-invalid', '32,x,did:plc:aaaaaaaaaaaaaaaaaaaaaaa1,x,,,'],
  ['register.did-repeated', '23,x,did:plc:aaaaaaaaaaaaaaaaaaaaaaaa,,,,'],
  ['register.did-repeated', '24,x,did:plc:aaaaaaaaaaaaaaaaaaaaaaaa,,,,'],
  ['register.date-impossible', '25,x,,2026-02-30,,,7'],
  ['register.date-impossible', '26,x,,2026-04-02,2026-04-01,,7'],
  ['register.flag-unreadable', '27,x,,2026-04-01,,,7'],
]

/** Those that lines are told with, of sheets (stamp-sheet.test.ts) and of the register (below). */
const OF_LINES = /^(?:stamp|register|line)\./
const ELSEWHERE =
  /^(?:close|restate|job|hook|appeal|suspension|outage|desk\.(?:busy|no-publish-account|town-merged)$|(?:household|hostBody)\.resident-elsewhere$)/

test('every refusal in order of precedence', async () => {
  const desk = await openDeskWorld()
  await using _ = desk.world
  const rows = await rowsOf(desk, await prepare(desk))
  const wrong: unknown[] = []
  for (const [code, who, deed, input, town] of rows) {
    const told = await refusalAt(who, deed, input ?? {}, town ?? KANAZAWA)
    if (told !== code) wrong.push([code, told])
  }
  assert.deepEqual(wrong, [])
  const order = deskRefusals.filter((code) => !OF_LINES.test(code) && !ELSEWHERE.test(code))
  assert.deepEqual([...new Set(rows.map(([code]) => code))], order)
})

test('a bad line of the register is refused with its number and reason; the rest goes in, and the same file changes nothing', async () => {
  const { world, clerk, approver, auditor } = await openDeskWorld()
  await using _ = world
  const holder = 'did:plc:bbbbbbbbbbbbbbbbbbbbbbbb'
  const header = 'id,name,did,from,until,household,protected'
  await atDesk(clerk, 'importRegister', { csv: `${header}\n90,先,${holder},2026-04-01,,,\n`, apply: true })
  const good = ['1,青井,,2026-04-01,,H1,', '2,"蓮, 二世",,2026-04-01,2027-03-31,,1']
  const bad = [...REGISTER_LINES, ['register.did-taken', `28,x,${holder},2026-04-01,,,`] as const]
  const csv = `\u{feff}${[header, good[0], ...bad.map(([, line]) => line), good[1]].join('\r\n')}\r\n`
  const expected = bad.map(([code], index) => [index + 3, code])
  const told = (report: Json): unknown[] => listIn(report, 'refused').map(({ line, code }) => [line, code])

  const dry = await atDesk(clerk, 'importRegister', { csv, apply: false })
  assert.deepEqual([dry['added'], dry['changed'], told(dry)], [2, 0, expected])
  assert.equal((await atDesk(approver, 'listRegister'))['total'], 1)
  const applied = await atDesk(clerk, 'importRegister', { csv, apply: true })
  assert.deepEqual({ ...applied, isApplied: false }, dry)
  const again = await atDesk(clerk, 'importRegister', { csv, apply: true })
  assert.deepEqual([again['added'], again['changed'], again['unchanged'], told(again)], [0, 0, 2, expected])
  const changed = await atDesk(clerk, 'importRegister', { csv: `${header}\n1,青井 葵,,2026-04-01,,H1,\n`, apply: true })
  assert.deepEqual([changed['added'], changed['changed']], [0, 1])
  const [found] = listIn(await atDesk(approver, 'listRegister', { find: '二世' }), 'residents')
  assert.deepEqual([found?.['id'], found?.['isProtected'], found?.['until']], ['2', true, '2027-03-31'])
  // No name and no DID of the register in the trail.
  const trail = JSON.stringify(await atDesk(auditor, 'listTrail'))
  assert.equal(/青井|蓮|bbbbbbbb/.test(trail), false)
})

test('without an account to publish as the town, it says so and keeps nothing', async () => {
  const { world, admin, auditor } = await openDeskWorld({ hasAccount: false })
  await using _ = world
  assert.equal(await refusalAt(admin, 'publishNotice', { title: 'x', body: 'y' }), 'desk.no-publish-account')
  const rows = listIn(await atDesk(auditor, 'listTrail'), 'rows')
  assert.deepEqual([rows[0]?.['deed'], rows[0]?.['code']], ['notice.publish', 'desk.no-publish-account'])
})
