// The part of the store contract that adds up: sums, persons, transactions, and folding again.

import assert from 'node:assert/strict'
import { START } from '../../appview/store/store.ts'
import type { Books, Position } from '../../appview/store/store.ts'
import type { On } from './on-fresh-store.ts'
import { commitSurely, dumped, given, nothing } from './store-rows.ts'

export const sums = (on: On): void => {
  const acts = [
    ['2026-04-10', '2026-04-11T01:00:00.000Z', 'P:a', 30],
    ['2026-04-20', '2026-05-02T01:00:00.000Z', 'P:b', 40],
    ['2026-05-05', '2026-05-06T01:00:00.000Z', 'P:a', 50],
    ['2026-05-31', '2026-05-31T14:59:59.000Z', 'P:c', 60],
    ['2026-05-31', '2026-05-31T15:00:00.000Z', 'P:c', 70],
    ['2026-06-01', '2026-06-20T01:00:00.000Z', 'P:a', 80],
  ] as const
  const fill = async (books: Books, onAct: (leaf: number) => Promise<void> = async () => {}) => {
    for (const [index, [effective, recorded, who, minutes]] of acts.entries()) {
      const transactions = [given(index + 1, effective, recorded, who, minutes)]
      await commitSurely(books, { changes: { ...nothing, transactions } }, index + 1, recorded)
      await onAct(index + 1)
    }
  }
  // The slow, obvious twin: add up what is in the period and known.
  const twin = (from: string, through: string, leaf: number, who?: string) =>
    acts
      .filter(
        ([effective, , entity], index) =>
          effective >= from && effective <= through && index < leaf && (who === undefined || who === entity),
      )
      .reduce((total, [, , , minutes]) => total + minutes, 0)
  const periods = [
    ['2026-04-01', '2027-03-31'],
    ['2026-05-01', '2026-05-31'],
    ['2026-04-10', '2026-05-30'],
    ['2026-06-01', '2026-06-30'],
  ] as const

  on('sums at every known-at, period and entity equal a plain count', async ({ books }) => {
    await fill(books)
    for (const [from, through] of periods)
      for (let leaf = 0; leaf <= acts.length; leaf++)
        for (const entity of [undefined, 'P:a', 'P:b', 'P:c']) {
          const knownAt = { leaf, instant: acts[leaf - 1]?.[1] ?? START.instant }
          const query = { scope: '172014', from, through, knownAt, ...(entity === undefined ? {} : { entity }) }
          const found = (await books.sums(query)).find(({ account }) => account === 4110)
          assert.equal(0 - (found?.amount ?? 0), twin(from, through, leaf, entity), `${from} ${through} ${leaf} ${entity}`)
          if (entity !== undefined) continue
          const each = (await books.sumsByEntity(query)).filter(({ account }) => account === 4110)
          assert.equal(0 - each.reduce((total, { amount }) => total + amount, 0), twin(from, through, leaf))
        }
  })

  on('sums asked for again and again while the books grow over the months equal a plain count', async ({ books }) => {
    const ofScope = async (query: { from: string; through: string; knownAt?: Position }): Promise<number> =>
      0 - ((await books.sums({ scope: '172014', ...query })).find(({ account }) => account === 4110)?.amount ?? 0)
    await fill(books, async (leaf) => {
      for (const [from, through] of periods) {
        assert.equal(await ofScope({ from, through }), twin(from, through, leaf), `${from} ${through} at ${leaf}`)
        const knownAt = { leaf: leaf - 1, instant: acts[leaf - 2]?.[1] ?? START.instant }
        assert.equal(await ofScope({ from, through, knownAt }), twin(from, through, leaf - 1), `${from} ${through} before ${leaf}`)
        assert.equal(await ofScope({ from, through }), twin(from, through, leaf), `${from} ${through} at ${leaf} again`)
      }
    })
  })

  on('contributions name the giver behind each line, at every known-at', async ({ books }) => {
    await fill(books)
    for (const [from, through] of periods)
      for (let leaf = 0; leaf <= acts.length; leaf++) {
        const knownAt = { leaf, instant: acts[leaf - 1]?.[1] ?? START.instant }
        const found = await books.contributions({ scope: '172014', from, through, accounts: [5110], knownAt })
        for (const who of ['P:a', 'P:b', 'P:c']) {
          const own = found.filter(({ giver }) => giver === who)
          assert.equal(
            own.reduce((total, { minutes }) => total + minutes, 0),
            twin(from, through, leaf, who),
            `${from} ${through} ${leaf} ${who}`,
          )
          assert.ok(own.every(({ entity, category, yen }) => entity === 'X:172014' && category === 'elderly' && yen === 0))
        }
      }
    const may = { scope: '172014', from: '2026-05-01', through: '2026-05-31', accounts: [4110] }
    assert.deepEqual(
      (await books.contributions(may))
        .map(({ month, giver, entity, minutes }) => [month, giver, entity, minutes])
        .toSorted((a, b) => (String(a) < String(b) ? -1 : 1)),
      [
        ['2026-05', 'P:a', 'P:a', -50],
        ['2026-05', 'P:c', 'P:c', -130],
      ],
    )
    assert.deepEqual(await books.contributions({ ...may, scope: '999999' }), [])
  })

  on('sums without known-at hold all; unknown scopes hold nothing', async ({ books }) => {
    await fill(books)
    const all = await books.sums({ scope: '172014', through: '2027-03-31' })
    assert.deepEqual(
      all.find(({ account }) => account === 4110),
      { entity: null, account: 4110, unit: 'MIN', category: 'elderly', amount: -330, signs: -6 },
    )
    assert.equal(all.find(({ account }) => account === 1310)?.amount, 0)
    assert.deepEqual(await books.sums({ scope: '999999', through: '2027-03-31' }), [])
    // Known before anything of the month was recorded: accounts that have no posting yet are not there, not even with 0.
    const early = { leaf: 1, instant: '2026-04-11T01:00:00.000Z' }
    assert.deepEqual(await books.sums({ scope: '172014', from: '2026-05-01', through: '2026-05-31', knownAt: early }), [])
  })

  on('transactions come back whole, by entity, action and page', async ({ books }) => {
    await fill(books)
    const mine = await books.transactions({ entity: 'P:a', limit: 10 })
    assert.deepEqual(
      mine.map(({ leaf }) => leaf),
      [1, 3, 6],
    )
    const { position, ...first } = mine[0] ?? assert.fail('no transaction')
    assert.equal(position, 1)
    assert.deepEqual(first, given(1, ...acts[0]))
    assert.deepEqual(
      (await books.transactions({ entity: 'P:a', limit: 2, newestFirst: true })).map(({ leaf }) => leaf),
      [6, 3],
    )
    assert.deepEqual(
      (await books.transactions({ entity: 'P:a', limit: 2, newestFirst: true, after: 3 })).map(({ leaf }) => leaf),
      [1],
    )
    assert.deepEqual(
      (await books.transactions({ action: 'at://P:b/2', limit: 5 })).map(({ leaf }) => leaf),
      [2],
    )
    assert.deepEqual(
      (await books.transactions({ scope: '172014', limit: 2, after: 2 })).map(({ leaf }) => leaf),
      [3, 4],
    )
    const knownAt = { leaf: 3, instant: acts[2][1] }
    assert.deepEqual(
      (await books.transactions({ entity: 'P:a', limit: 9, knownAt })).map(({ leaf }) => leaf),
      [1, 3],
    )
  })

  on('what is folded can be dropped and made again, line for line', async (store) => {
    const { books } = store
    await fill(books)
    const before = await dumped(store)
    assert.ok(before.length > 20)
    const { epoch, cursor } = await books.state()
    await books.resetFold(epoch, 7)
    const folding = await books.folding()
    const state = await folding.state()
    assert.deepEqual(state.cursor, { read: cursor.read, folded: START, step: cursor.step + 1 })
    assert.equal(state.rules, 7)
    assert.deepEqual(await folding.load(['account:P:a']), new Map([['account:P:a', null]]))
    // Meanwhile the former books are shown, whole, or none.
    const shown = await dumped(store)
    assert.deepEqual(shown, shown.length === 0 ? [] : before)
    assert.equal((await books.state()).rules, shown.length === 0 ? 7 : 0)
    await fill(books)
    await books.endRebuild()
    assert.deepEqual(await dumped(store), before)
    assert.equal((await books.state()).rules, 7)
  })
}
