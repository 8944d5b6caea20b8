// Years valued anew through the desk where acts had no yen: a town that had no table, one whose table lacked a category, one that has become part of another.
// What everybody may take away makes the same figures again.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { besideAt, verifyIntakeFile } from '../../appview/intake.ts'
import { fetchPackedFile } from '../../cli/network/fetch-file.ts'
import { query } from '../../cli/xrpc-client.ts'
import { method, nsid } from '../../lexicons/authority.ts'
import { atDesk, refusalAt, untilBooked } from '../desk/desk-world.ts'
import { at, eventually, type Json } from '../support/asking.ts'
import type { Member } from '../support/member.ts'
import { closeAndAudit, KAGA, KANAZAWA, KOMATSU, publishFileOf, residents } from '../support/town.ts'
import { World } from '../support/world.ts'

const FIRST_DAY = '2026-04-01'
const FY = { fiscalYear: 2026 }
const PEOPLE = 6
const rateOf = (category: string, yenPerHour: number): Json => ({
  rates: [{ category, yenPerHour, method: 'RC-S' }],
  source: '訂正',
  validFrom: FIRST_DAY,
})
/** Of no act in the year. */
const LATER = { ...rateOf('*', 9_999), validFrom: '2028-04-01' }

type Towns = { readonly world: World; readonly kaga: Member; readonly komatsu: Member; readonly kanazawa: Member }

/** Kaga with one rate for all, Komatsu with none, Kanazawa with one for the environment alone; in each six give for it, and in Kanazawa for culture, too. */
const threeTowns = async (): Promise<Towns> => {
  await using stack = new AsyncDisposableStack()
  const world = stack.use(await World.start({ from: '2026-05-10T00:00:00.000Z' }))
  const [kaga, komatsu, kanazawa] = [await world.member('kaga'), await world.member('komatsu'), await world.member('kanazawa')]
  await kaga.openBooks(KAGA, FIRST_DAY)
  for (const [town, code] of [
    [komatsu, KOMATSU],
    [kanazawa, KANAZAWA],
  ] as const) {
    await town.put(nsid.municipality, 'self', { code, names: { ja: '町' }, tier: 'municipality' })
    await town.create(nsid.policy, { mode: 'none', effectiveFrom: FIRST_DAY, timeLevel: 1, claimDays: 90 })
  }
  await kanazawa.create(nsid.rateTable, rateOf('environment', 1828))
  const roster = [
    { code: KAGA, did: kaga.did },
    { code: KOMATSU, did: komatsu.did },
    { code: KANAZAWA, did: kanazawa.did },
  ]
  await world.openAppview(roster, 'appview', { publishFile: publishFileOf(kaga, komatsu, kanazawa) })
  for (const [town, { code }] of [
    [kaga, roster[0] ?? assert.fail()],
    [komatsu, roster[1] ?? assert.fail()],
    [kanazawa, roster[2] ?? assert.fail()],
  ] as const) {
    const people = await residents(
      town,
      Array.from({ length: PEOPLE }, (_, index) => `r${index}-of-${code}`),
    )
    for (const [index, giver] of people.entries()) {
      const other = people[(index + 1) % PEOPLE] ?? assert.fail()
      await other.confirm(await giver.act(code))
      if (town === kanazawa) await other.confirm(await giver.act(code, { category: 'culture', minutes: 30 }))
    }
  }
  await world.settled()
  stack.move()
  return { world, kaga, komatsu, kanazawa }
}

const merge = async ({ world, kaga, komatsu }: Towns): Promise<void> => {
  world.step('2026-11-20T00:00:00.000Z')
  await kaga.put(nsid.municipality, 'self', { code: KAGA, names: { ja: '町' }, tier: 'municipality', successor: KOMATSU })
  const more = { predecessors: [KAGA], validFrom: '2027-01-01' }
  await komatsu.put(nsid.municipality, 'self', { code: KOMATSU, names: { ja: '町' }, tier: 'municipality', ...more })
  await world.settled()
}

const statementOf = ({ world }: Towns, scope: string, version: number): Promise<Json> =>
  eventually(
    () => query(world.appview.url, method.getStatement, { scope, fiscalYear: '2026' }),
    (answer) => at(answer, 'closing')['version'] === version,
    `version ${version} of ${scope} is in the books`,
  )

const givenIn = (answer: Json): unknown => at(answer, 'statement', 'units', 'JPY', 'PL')['4110']

test('acts that had no rate, and those of a town that is no more, are valued by the table that is named; a stranger’s is refused', async () => {
  const towns = await threeTowns()
  await using _ = towns.world
  const { world, kaga, komatsu, kanazawa } = towns
  // Before it speaks for Kaga, what Komatsu publishes is no word for it.
  const early = String((await atDesk(komatsu, 'publishRates', { rates: LATER }, KOMATSU))['uri'])
  await untilBooked({ world, town: komatsu }, early)
  await merge(towns)
  world.step('2027-06-01T03:00:00.000Z')
  await kanazawa.admit(await world.member('somebody'))
  await world.settled()
  for (const [town, code] of [
    [kaga, KAGA],
    [komatsu, KOMATSU],
    [kanazawa, KANAZAWA],
  ] as const) {
    await eventually(
      () => atDesk(town, 'close', FY, code).catch((error: unknown): Json => ({ refused: String(error) })),
      (answer) => !('refused' in answer),
      `${code} is closed`,
    )
    await statementOf(towns, code, 1)
  }
  const publish = async (town: Member, code: string, rates: Json): Promise<string> =>
    String((await atDesk(town, 'publishRates', { rates }, code))['uri'])
  const [ofKomatsu, ofKanazawa] = [
    await publish(komatsu, KOMATSU, rateOf('*', 2_000)),
    await publish(kanazawa, KANAZAWA, rateOf('*', 3_000)),
  ]
  const half = await publish(kanazawa, KANAZAWA, rateOf('culture', 3_000))
  const askOf = (rateTable: string): Json => ({ ...FY, reason: '単価の訂正', rateTable })
  const restate = (town: Member, code: string, rateTable: string): Promise<Json> =>
    eventually(
      () => atDesk(town, 'restate', askOf(rateTable), code).catch((error: unknown): Json => ({ refused: String(error) })),
      (answer) => !JSON.stringify(answer).includes('restate.rates-unknown'),
      'the table is in the books',
    )
  assert.equal((await restate(kaga, KAGA, ofKomatsu))['version'], 2)
  assert.equal((await restate(komatsu, KOMATSU, ofKomatsu))['version'], 2)
  assert.match(String((await restate(kanazawa, KANAZAWA, half))['refused']), /restate\.rates-lacking/)
  assert.equal((await restate(kanazawa, KANAZAWA, ofKanazawa))['version'], 2)
  const seen: unknown[] = []
  for (const code of [KAGA, KOMATSU, KANAZAWA]) seen.push(givenIn(await statementOf(towns, code, 2)))
  assert.deepEqual(seen, [PEOPLE * 2_000, PEOPLE * 2_000, PEOPLE * (3_000 + 1_500)])
  for (const stranger of [ofKanazawa, early]) assert.equal(await refusalAt(kaga, 'restate', askOf(stranger), KAGA), 'restate.rates-not-own')
  for (const code of [KAGA, KOMATSU, KANAZAWA]) {
    const page = (await (await fetch(`${world.appview.url}/m/${code}/2026`)).text()).replaceAll(/<[^>]*>/g, '')
    assert.match(page, /1時間 [23],000円。/)
    assert.doesNotMatch(page, /参考円は0です/)
  }
  await world.settled()
  const file = join(world.dir, 'open.jsonl.gz')
  await fetchPackedFile(`${world.appview.url}/xrpc/${method.exportIntake}`, null, file)
  const { report, verified } = await verifyIntakeFile(file, {}, undefined, besideAt({ relayUrl: world.relay.url, plcUrl: world.plc.url }))
  assert.deepEqual(report.problems, [])
  assert.deepEqual(
    verified.map(({ scope, version, verdict }) => `${scope} ${version} ${verdict}`).toSorted(),
    [KANAZAWA, KOMATSU, KAGA].flatMap((code) => [1, 2].flatMap((version) => Array<string>(3).fill(`${code} ${version} same`))),
  )
  await closeAndAudit(world)
})
