// The worked examples E1–E4 of bookkeeping.md, from records that their authors sign on real servers: every line in minutes and yen is the fixture's.
// Accounts get DIDs of their own, so DIDs, CIDs and leaves are mapped; record keys are the fixture's.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { method } from '../../lexicons/authority.ts'
import { examplesOf, fixture, instant, keyOfEntity } from '../journal/fixture.ts'
import type { FixtureInput, FixtureLine } from '../journal/fixture.ts'
import { at, listIn, parseJson } from '../support/asking.ts'
import type { Json } from '../support/asking.ts'
import type { Member } from '../support/member.ts'
import { closeAndAudit } from '../support/town.ts'
import { World } from '../support/world.ts'

const EXAMPLES = ['E0', 'E1', 'E2', 'E3', 'E4']
const examples = examplesOf('town').filter(({ id }) => EXAMPLES.includes(id))
const inputs = examples.flatMap((example) => example.inputs).toSorted((a, b) => a.leaf - b.leaf)
const minutesAndYen = (lines: readonly FixtureLine[]): readonly FixtureLine[] => lines.filter(({ u }) => u !== 'PT')

class Stage {
  readonly world: World
  /** Fixture DID → member. */
  readonly members = new Map<string, Member>()
  /** Fixture CID → CID. */
  readonly cids = new Map<string, string>()
  /** Fixture leaf → leaf. */
  readonly leaves = new Map<number, number>()

  constructor(world: World) {
    this.world = world
  }

  /** The fixture's DIDs and CIDs replaced by ours. */
  ours<T>(value: T): T {
    let text = JSON.stringify(value)
    for (const [did, member] of this.members) text = text.replaceAll(did, member.did)
    for (const [cid, own] of this.cids) text = text.replaceAll(cid, own)
    return JSON.parse(text)
  }

  of(did: string): Member {
    return this.members.get(did) ?? assert.fail(`${did} has an account`)
  }

  async write(input: FixtureInput): Promise<void> {
    const [, , , collection = '', rkey = ''] = (input.uri ?? '').split('/')
    assert.equal(input.op, 'create')
    const written = await this.of(input.repo).put(collection, rkey, parseJson(this.ours(input.value)))
    assert.equal(written.uri, this.ours(input.uri))
    if (input.cid) this.cids.set(input.cid, written.cid)
    await this.world.settled()
    this.leaves.set(input.leaf, await this.world.leaves())
  }
}

const setUp = async (world: World): Promise<Stage> => {
  const stage = new Stage(world)
  const people = Object.values(fixture.entities).flatMap(({ did }) => (did === undefined ? [] : [did]))
  for (const [index, did] of people.entries()) stage.members.set(did, await world.member(`member${index}`, index % 2))
  const towns = Object.entries(fixture.entities).filter(([, { kind }]) => kind === 'municipality')
  await world.openAppview(towns.map(([label, { did }]) => ({ code: label.slice(2), did: stage.of(did ?? '').did })))
  return stage
}

const plain = (entity: string, line: Json): string =>
  JSON.stringify([entity, line['scope'], line['account'], line['unit'], line['amount'], line['category'] ?? null, line['receiver'] ?? null])

test('E1–E4 from signed records: transactions and statements', async () => {
  await using world = await World.start({ from: '2026-03-31T00:00:00.000Z', pdsCount: 2 })
  const stage = await setUp(world)
  for (const input of inputs) {
    world.step(input.recordedAt)
    await stage.write(input)
  }
  const scopes = [...new Set(inputs.flatMap(({ value }) => at(parseJson(value), 'municipality')['code'] ?? []))].map(String)
  assert.deepEqual(scopes.toSorted(), ['172014', '172031'])
  const town = (code: string): Member => stage.of(fixture.entities[`M:${code}`]?.did ?? '')
  const journals = new Map<string, Json>()
  for (const scope of scopes)
    for (const one of listIn(await town(scope).ask(method.listJournal, { scope, limit: '100' }), 'transactions'))
      journals.set(String(one['id']), one)

  const wanted = examples.flatMap(({ transactions }) => transactions).filter(({ lines }) => minutesAndYen(lines).length > 0)
  assert.equal(wanted.length, 12)
  assert.equal(journals.size, wanted.length)
  for (const transaction of wanted) {
    const leaf = stage.leaves.get(transaction.leaf ?? 0) ?? assert.fail()
    const ours = journals.get(`${leaf}/0/${transaction.kind}`) ?? assert.fail(`${transaction.id}: have ${[...journals.keys()].join(' ')}`)
    assert.deepEqual(
      [ours['kind'], ours['leaf'], ours['recordedAt'], ours['effectiveDate'], ours['sources'], ours['action'], ours['rate']],
      [
        transaction.kind,
        leaf,
        instant(transaction.recordedAt),
        transaction.eff,
        stage.ours(transaction.sources),
        stage.ours(transaction.action ?? null) ?? undefined,
        stage.ours(transaction.rate ?? null) ?? undefined,
      ],
      transaction.id,
    )
    const lines = minutesAndYen(transaction.lines).map(({ e, s, a, u, amt, cat, rcv }) =>
      plain(stage.ours(keyOfEntity(e)), { scope: s, account: a, unit: u, amount: amt, category: cat, receiver: rcv }),
    )
    assert.deepEqual(
      listIn(ours, 'lines')
        .map((line) => plain(String(line['entity']), line))
        .toSorted(),
      lines.toSorted(),
      transaction.id,
    )
  }

  // Each person's statement is the sum of the fixture's lines about them.
  for (const [label, scope] of [
    ['A', '172014'],
    ['B', '172014'],
    ['C', '172031'],
  ] as const) {
    const did = fixture.entities[label]?.did ?? ''
    const asked = { scope, entity: stage.of(did).did, fiscalYear: '2026' }
    const { statement } = await stage.of(did).ask(method.getStatement, asked)
    for (const unit of ['MIN', 'JPY']) {
      const sumOf = (account: number): number =>
        wanted
          .flatMap(({ lines }) => lines)
          .filter((line) => line.e === label && line.a === account && line.u === unit)
          .reduce((sum, { amt }) => sum + amt, 0)
      const figures = at(parseJson(statement), 'units', unit)
      const [given, received, held] = [0 - sumOf(4110), sumOf(5110), sumOf(1310)]
      assert.deepEqual(
        [at(figures, 'PL')['revenue'], at(figures, 'PL')['expense'], at(figures, 'BS')['1310']],
        [given, received, held],
        `${label} ${unit}`,
      )
    }
  }
  await closeAndAudit(world)
})
