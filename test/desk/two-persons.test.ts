// What needs two persons: rulings and openings. And what the desk publishes meanwhile, resumed after a crash, never twice.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { method, nsid } from '../../lexicons/authority.ts'
import { at, eventually, getJson, listIn, type Json } from '../support/asking.ts'
import type { Member } from '../support/member.ts'
import { closeAndAudit, KANAZAWA, residents } from '../support/town.ts'
import { atDesk, openDeskWorld, refusalAt, untilBooked } from './desk-world.ts'

const minutesOf = async (member: Member): Promise<unknown> =>
  at(await member.ask(method.getStatement, { scope: KANAZAWA, entity: member.did, fiscalYear: '2026' }), 'statement', 'units', 'MIN', 'PL')[
    'net'
  ]

test('a dispute is taken in, one proposes a ruling, another approves it, and the minutes are taken back', async () => {
  const desk = await openDeskWorld()
  await using _ = desk.world
  const { world, town, clerk, approver, auditor } = desk
  const [aoi = assert.fail(), ren = assert.fail()] = await residents(town, ['aoi', 'ren'])
  const act = await aoi.act(KANAZAWA, { minutes: 90 })
  await ren.confirm(act)
  await world.settled()
  const dispute = await atDesk(clerk, 'openDispute', { uri: act.uri, reason: 'not-performed', by: ren.did })
  await untilBooked(desk, String(dispute['uri']))
  const [open] = listIn(await atDesk(auditor, 'listDisputes'), 'disputes')
  assert.deepEqual([open?.['action'], open?.['minutes'], open?.['reason'], open?.['ruling']], [act.uri, 90, 'not-performed', null])
  assert.equal(await minutesOf(aoi), 90, 'the minutes stay until somebody rules')

  // Who proposes holds both roles, and may still not approve.
  await atDesk(town, 'addRole', { did: clerk.did, role: 'approver' })
  const ruling = { dispute: String(dispute['uri']), outcome: 'upheld', reason: '双方の話から、行われていない' }
  const draft = await atDesk(clerk, 'proposeRuling', ruling)
  const approval = { id: draft['id'], version: draft['version'] }
  assert.equal(await refusalAt(clerk, 'approve', approval), 'approval.same-person')
  assert.equal(listIn(await atDesk(auditor, 'listDrafts', { kind: 'ruling', state: 'proposed' }), 'drafts').length, 1)
  const done = await atDesk(approver, 'approve', approval)
  assert.deepEqual([done['state'], done['proposedBy'], done['approvedBy']], ['done', clerk.did, approver.did])
  await eventually(
    () => minutesOf(aoi),
    (minutes) => minutes === 0,
    'the minutes are taken back',
  )
  assert.deepEqual(listIn(await atDesk(auditor, 'listDisputes'), 'disputes'), [])

  // In public only that there was a ruling; its reason is the desk's and the auditor's.
  const { uri } = at(listIn(await atDesk(auditor, 'listEntries', { kind: 'ruling' }), 'entries')[0] ?? {})
  const [, , repo = '', collection = '', rkey = ''] = String(uri).split('/')
  const shown = await getJson(`${town.session.service}/xrpc/com.atproto.repo.getRecord?repo=${repo}&collection=${collection}&rkey=${rkey}`)
  assert.deepEqual(Object.keys(at(shown, 'value')).toSorted(), ['$type', 'commitment', 'createdAt', 'kind'])
  assert.equal(at(listIn(await atDesk(auditor, 'listEntries', { kind: 'ruling' }), 'entries')[0] ?? {}, 'payload')['reason'], ruling.reason)
  await closeAndAudit(world)
})

test('balances of an earlier scheme: control totals, two persons, once', async () => {
  const desk = await openDeskWorld()
  await using _ = desk.world
  const { world, town, clerk, approver } = desk
  const [aoi = assert.fail(), ren = assert.fail()] = await residents(town, ['aoi', 'ren'])
  await world.settled()
  const csv = `holder,points,usableUntil,minutes\r\n${aoi.did},0,,300\r\n${ren.did},0,,45\r\n`
  assert.equal(await refusalAt(clerk, 'proposeOpening', { csv, control: { rows: 2, points: 0, minutes: 300 } }), 'opening.control-mismatch')
  const opening = { csv, control: { rows: 2, points: 0, minutes: 345 } }
  const draft = await atDesk(clerk, 'proposeOpening', opening)
  assert.equal(await refusalAt(clerk, 'proposeOpening', opening), 'opening.already-imported')
  const approval = { id: draft['id'], version: draft['version'] }
  await atDesk(approver, 'approve', approval)
  assert.equal((await atDesk(approver, 'approve', approval))['state'], 'done', 'the same click again')
  const balance = async (): Promise<unknown> =>
    at(await aoi.ask(method.getStatement, { scope: KANAZAWA, entity: aoi.did, fiscalYear: '2026' }), 'statement', 'units', 'MIN', 'BS')[
      '1310'
    ]
  await eventually(balance, (minutes) => minutes === 300, 'the balance is opened')
  await closeAndAudit(world)
})

test('nobody opens a balance of their own, as first or second person; the same list in another order is the same list', async () => {
  const desk = await openDeskWorld()
  await using _ = desk.world
  const { world, town, clerk, approver, host } = desk
  const [aoi = assert.fail(), ren = assert.fail()] = await residents(town, ['aoi', 'ren'])
  for (const one of [clerk, approver, host]) await town.admit(one)
  await world.settled()
  type Line = readonly [holder: Member, minutes: number]
  const of = (...lines: readonly Line[]): Json => ({
    csv: ['holder,minutes', ...lines.map(([{ did }, minutes]) => `${did},${minutes}`)].join('\n'),
    control: { rows: lines.length, points: 0, minutes: lines.reduce((sum, [, minutes]) => sum + minutes, 0) },
  })
  assert.equal(await refusalAt(clerk, 'proposeOpening', of([aoi, 10], [clerk, 90])), 'opening.own-balance')
  const theirs = await atDesk(clerk, 'proposeOpening', of([aoi, 10], [approver, 90]))
  const approval = { id: theirs['id'], version: theirs['version'] }
  await assert.rejects(atDesk(approver, 'approve', approval), /^XrpcRefused: line 3: opening\.own-balance|line 3: opening\.own-balance/)
  const approve = async (draft: Json): Promise<void> => {
    await atDesk(approver, 'approve', { id: draft['id'], version: draft['version'] })
    for (const { uri } of listIn(await atDesk(town, 'listEntries'), 'entries')) await untilBooked(desk, String(uri))
  }
  const draft = await atDesk(clerk, 'proposeOpening', of([aoi, 300], [ren, 45], [host, 500]))
  const twin = await atDesk(clerk, 'proposeOpening', of([aoi, 300], [ren, 46]))
  assert.equal(await refusalAt(clerk, 'proposeOpening', of([host, 500], [ren, 45], [aoi, 300])), 'opening.already-imported')
  await approve(draft)
  await assert.rejects(approve(twin), /line \d: opening\.holder-opened/, 'proposed while the other was not booked')
  const again = (...lines: readonly Line[]): Promise<unknown> => refusalAt(town, 'proposeOpening', of(...lines, [clerk, 1]))
  assert.equal(await again([ren, 45], [aoi, 300]), 'opening.holder-opened', 'with a line more')
  assert.equal(await again([host, 500]), 'opening.holder-opened', 'of an organisation')
  await approve(await atDesk(clerk, 'proposeOpening', of([aoi, 20])))
  assert.equal(await again([aoi, 300]), 'opening.holder-opened', 'the first of two')
  assert.equal(await again([aoi, 20]), 'opening.holder-opened', 'the second of two')
  await closeAndAudit(world)
})

test('what last year would have been: under another policy, at other rates; then published', async () => {
  const desk = await openDeskWorld()
  await using _ = desk.world
  const { world, town, admin, clerk } = desk
  const [aoi = assert.fail(), ren = assert.fail()] = await residents(town, ['aoi', 'ren'])
  for (const [category, minutes] of [
    ['elderly', 90],
    ['environment', 30],
    ['environment', 61],
  ] as const) {
    const performedOn = category === 'elderly' ? '2026-04-20' : '2026-05-10'
    const act = await aoi.act(KANAZAWA, { category, minutes, performedOn })
    await (category === 'elderly' ? ren.confirm(act) : town.confirm(act, { role: 'municipality', receivers: [{ class: 'public' }] }))
  }
  await world.settled()
  const policy = { mode: 'none', effectiveFrom: '2026-06-01', timeLevel: 2, minutesPerAct: 60, minutesPerDay: 80, actDays: 19 }
  const preview = await atDesk(clerk, 'previewPolicy', { policy })
  assert.deepEqual(preview, {
    fiscalYear: 2026,
    acts: 3,
    minutes: 181,
    actsLost: 1,
    minutesLost: 90,
    actsLapsed: 0,
    minutesLapsed: 0,
    actsTooLong: 2,
    actsTooOld: 1,
    daysOverCap: 2,
  })
  const rates = {
    rates: [
      { category: 'elderly', yenPerHour: 2000, method: 'RC-S' },
      { category: '*', yenPerHour: 1000, method: 'RC-G' },
    ],
    source: '内閣府 2026',
    validFrom: '2026-06-01',
  }
  const yen = await atDesk(clerk, 'previewRates', { rates })
  assert.deepEqual(listIn(yen, 'categories'), [
    { category: 'environment', minutes: 91, before: 914 + 1858, after: 500 + 1017 },
    { category: 'elderly', minutes: 90, before: 2742, after: 3000 },
  ])
  assert.deepEqual([yen['before'], yen['after'], yen['isSuperseded'], yen['replaces']], [5514, 4517, false, null])
  const place = async (validFrom: string): Promise<unknown> => {
    const { isSuperseded, replaces } = await atDesk(clerk, 'previewRates', { rates: { ...rates, validFrom } })
    return [isSuperseded, replaces]
  }
  assert.deepEqual(
    [await place('2026-04-01'), await place('1900-01-01')],
    [
      [false, '2026-04-01'],
      [false, null],
    ],
  )
  world.step('2026-12-01T00:00:00.000Z')
  assert.deepEqual(await place('1900-01-01'), [true, null], 'nothing that the standing table does not hold for can be booked any more')
  await untilBooked(desk, String((await atDesk(admin, 'publishPolicy', { policy: { ...policy, effectiveFrom: '2026-12-01' } }))['uri']))
  await untilBooked(desk, String((await atDesk(admin, 'publishRates', { rates }))['uri']))
  const shown = await getJson(`${world.appview.url}/xrpc/${method.getPolicy}?code=${KANAZAWA}&on=2026-12-01`)
  assert.deepEqual([at(shown, 'policy', 'value')['timeLevel'], at(shown, 'rateTable', 'value')['source']], [2, '内閣府 2026'])
  await closeAndAudit(world)
})

test('what was kept before a crash is published after it, once: records and what they stand for', async () => {
  const desk = await openDeskWorld({ hasAccount: true })
  await using _ = desk.world
  const { world, town, clerk, approver } = desk
  const [aoi = assert.fail(), ren = assert.fail()] = await residents(town, ['aoi', 'ren'])
  const act = await aoi.act(KANAZAWA, { minutes: 90 })
  await ren.confirm(act)
  await world.settled()
  // The PDS cannot be reached from the appview: the deed is kept, nothing is published; then the appview dies.
  const roster = [{ code: KANAZAWA, did: town.did }]
  const [pds = assert.fail()] = world.pds
  await world.closeAppview(world.appview)
  const file = `${world.dir}/publish.json`
  const whole = readFileSync(file, 'utf8')
  writeFileSync(file, whole.replaceAll(pds.url, 'http://127.0.0.1:9'), { mode: 0o600 })
  const first = await world.openAppview(roster, 'appview', { publishFile: file })
  const dispute = await atDesk(clerk, 'openDispute', { uri: act.uri, reason: 'not-performed' })
  assert.equal(await refusalAt(clerk, 'openDispute', { uri: act.uri, reason: 'not-performed' }), 'dispute.already-open')
  await world.closeAppview(first)
  writeFileSync(file, whole, { mode: 0o600 })
  await world.openAppview(roster, 'appview', { publishFile: file })
  await untilBooked(desk, String(dispute['uri']))
  const draft = await atDesk(clerk, 'proposeRuling', { dispute: String(dispute['uri']), outcome: 'dismissed', reason: '行われた' })
  await atDesk(approver, 'approve', { id: draft['id'], version: draft['version'] })
  const listed = async (): Promise<readonly Json[]> =>
    listIn(await getJson(`${town.session.service}/xrpc/com.atproto.repo.listRecords?repo=${town.did}&collection=${nsid.entry}`), 'records')
  await eventually(listed, (records) => records.length === 2, 'dispute and ruling stand once each')
  await closeAndAudit(world)
})
