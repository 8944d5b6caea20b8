// What every engine of the store contract must do, as one suite. Run on each engine, and on it wrapped by stores that yield and that fail.

import assert from 'node:assert/strict'
import type { Doc } from '../../appview/journal/model.ts'
import { START, StoreRefused } from '../../appview/store/store.ts'
import type { Commit, Store } from '../../appview/store/store.ts'
import { changes } from './changes-contract.ts'
import { leases } from './lease-contract.ts'
import { outbox } from './outbox-contract.ts'
import { sums } from './store-contract-sums.ts'
import { commitSurely, given, next, nothing, rowAt } from './store-rows.ts'
import { onFreshStore } from './on-fresh-store.ts'
import type { On } from './on-fresh-store.ts'

/** Runs the suite; `open` gives a fresh, empty store each time. */
export const storeContract = (name: string, open: () => Store | Promise<Store>): void => {
  const on = onFreshStore(name, open)
  bookkeeping(on)
  sums(on)
  reading(on)
  working(on)
  outbox(on)
  leases(on)
  changes(on)
}

const bookkeeping = (on: On): void => {
  on('a new store stands at the beginning', async ({ books }) => {
    const state = await books.state()
    assert.deepEqual(state.cursor, { read: START, folded: START, step: 0 })
    assert.equal(state.origin, null)
  })

  on('an origin is bound once', async ({ books }) => {
    const origin = { name: 'a', key: 'did:key:z', base: 10, created: '2026-04-01T00:00:00.000Z' }
    await books.bind(origin)
    await books.bind(origin)
    assert.deepEqual((await books.state()).origin, origin)
    await assert.rejects(books.bind({ ...origin, base: 11 }), (error) => error instanceof StoreRefused && error.reason === 'origin')
  })

  on('a commit holds rows, documents, due entries, refusals and cursor together', async ({ books }) => {
    const due = { at: '2026-07-01T00:00:00.000Z', kind: 'claim-lapse', uri: 'at://x' } as const
    const document = { kind: 'event', action: 'at://x' } as const
    const refusal = { leaf: 1, op: 0, uri: 'at://did:plc:a/c/r', cid: null, code: 'action.future', repo: 'did:plc:a' }
    const changes = { ...nothing, put: new Map([['event:x', document]]), dueAdd: [due], refusals: [refusal] }
    await commitSurely(books, { intake: [rowAt(1, 0, 'a')], changes }, 1, '2026-04-01T00:00:01.000Z')
    assert.deepEqual((await books.load(['event:x', 'none'])).get('event:x'), document)
    assert.equal((await books.load(['none'])).get('none'), null)
    assert.deepEqual(await books.keys('event:', null, 10), ['event:x'])
    assert.deepEqual(await books.due('2026-07-01T00:00:00.000Z', 10), [due])
    assert.deepEqual(await books.due('2026-06-30T23:59:59.999Z', 10), [])
    assert.equal(await books.nextDue(), due.at)
    assert.deepEqual(await books.refusals({ repo: 'did:plc:a', limit: 5 }), [refusal])
    assert.deepEqual((await books.state()).cursor.read, { leaf: 1, instant: '2026-04-01T00:00:01.000Z' })
    await commitSurely(
      books,
      { changes: { ...nothing, put: new Map([['event:x', null]]), dueRemove: [due] } },
      2,
      '2026-04-01T00:00:02.000Z',
    )
    assert.equal((await books.load(['event:x'])).get('event:x'), null)
    assert.equal(await books.nextDue(), null)
  })

  on('what changes with every act of an entity is kept, changed and dropped each by itself', async ({ books }) => {
    const [a, b] = ['P:did:plc:aaaaaaaaaaaaaaaaaaaaaaaa', 'P:did:plc:bbbbbbbbbbbbbbbbbbbbbbbb']
    const daysOn = (day: string): Doc => ({ kind: 'days', days: [{ day, minutes: 30, categories: ['elderly'] }] })
    const balance: Doc = { kind: 'balance', scopes: [] }
    const all = new Map<string, Doc>([
      [`balance:${a}`, balance],
      [`balance:${b}`, balance],
      [`days:${a}/2025-12`, daysOn('2025-12-31')],
      [`days:${a}/2026-01`, daysOn('2026-01-01')],
      [`days:${a}/2026-02`, daysOn('2026-02-01')],
      [`giver:${a}`, { kind: 'giver', open: ['at://did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/c/1'] }],
    ])
    const put = (docs: readonly (readonly [string, Doc | null])[], leaf: number): Promise<void> =>
      commitSurely(books, { changes: { ...nothing, put: new Map(docs) } }, leaf, rowAt(leaf, 0, 'a').recordedAt)
    await put([...all], 1)
    await put([[`days:${a}/2026-02`, daysOn('2026-02-28')]], 2)
    await put([[`days:${a}/2026-01`, null]], 3)
    await put(
      [
        [`balance:${b}`, null],
        [`giver:${b}`, null],
      ],
      4,
    )
    const left = new Map<string, Doc | null>([
      ...all,
      [`days:${a}/2026-02`, daysOn('2026-02-28')],
      [`days:${a}/2026-01`, null],
      [`balance:${b}`, null],
      [`giver:${b}`, null],
    ])
    assert.deepEqual(new Map(await books.load([...left.keys()])), left)
    assert.deepEqual(await books.keys(`days:${a}/`, null, 10), [`days:${a}/2025-12`, `days:${a}/2026-02`])
    assert.deepEqual(await books.keys('balance:', null, 10), [`balance:${a}`])
    assert.deepEqual(await (await books.folding()).load([...left.keys()]), left)
  })

  on('due entries come by instant, kind, uri', async ({ books }) => {
    const at = '2026-07-01T00:00:00.000Z'
    const dueAdd = [
      { at, kind: 'claim-lapse', uri: 'b' },
      { at: '2026-06-01T00:00:00.000Z', kind: 'parked-lapse', uri: 'z' },
      { at, kind: 'claim-lapse', uri: 'a' },
      { at, kind: 'account-erasure', uri: 'c' },
    ] as const
    await commitSurely(books, { changes: { ...nothing, dueAdd } }, 1, START.instant)
    assert.deepEqual(
      (await books.due(at, 10)).map(({ kind, uri }) => `${kind} ${uri}`),
      ['parked-lapse z', 'account-erasure c', 'claim-lapse a', 'claim-lapse b'],
    )
  })

  on('due entries of one instant come in the order of their uris, however few are asked for', async ({ books }) => {
    const at = '2026-07-01T00:00:00.000Z'
    const dids = ['z', 'm', 'a', 'q', 'b'].map((name) => `did:plc:${name.repeat(24)}`)
    const dueAdd = dids.map((did) => ({ at, kind: 'claim-lapse' as const, uri: `at://${did}/org.waki.action/k` }))
    for (const [index, due] of dueAdd.entries())
      await commitSurely(books, { changes: { ...nothing, dueAdd: [due] } }, index + 1, START.instant)
    const sorted = dueAdd.map(({ uri }) => uri).toSorted()
    for (const limit of [2, 4, 10])
      assert.deepEqual(
        (await books.due(at, limit)).map(({ uri }) => uri),
        sorted.slice(0, limit),
      )
  })

  on('the same commit twice is refused, and nothing of it is stored twice', async ({ books }) => {
    const { cursor, epoch } = await books.state()
    const instant = '2026-04-01T00:00:01.000Z'
    const commit: Commit = {
      epoch,
      expectedCursor: cursor,
      nextCursor: next(cursor, 1, instant),
      intake: [rowAt(1, 0, 'a')],
      proofs: [],
      heads: [],
      changes: { ...nothing, transactions: [given(1, '2026-04-01', instant, 'P:a', 30)] },
    }
    await commitSurely(books, commit, 1, instant)
    await assert.rejects(
      (async () => {
        for (let round = 0; round < 5; round++) {
          try {
            return await books.commit(commit)
          } catch (error) {
            if (error instanceof StoreRefused) throw error
          }
        }
      })(),
      (error) => error instanceof StoreRefused && error.reason === 'cursor',
    )
    assert.equal((await books.counts()).transactions, 1)
  })

  on('a newer epoch fences an older writer', async ({ books }) => {
    const { cursor, epoch } = await books.state()
    await books.takeEpoch()
    const commit = {
      epoch,
      expectedCursor: cursor,
      nextCursor: next(cursor, 1, START.instant),
      intake: [],
      proofs: [],
      heads: [],
      changes: nothing,
    }
    await assert.rejects(
      (async () => {
        for (;;)
          try {
            return await books.commit(commit)
          } catch (error) {
            if (error instanceof StoreRefused) throw error
          }
      })(),
      (error) => error instanceof StoreRefused && error.reason === 'epoch',
    )
    assert.equal((await books.state()).cursor.step, 0)
  })
}

const reading = (on: On): void => {
  on('intake is read in order, by repo, by record, and gives the live paths', async ({ books }) => {
    const rows = [
      rowAt(1, 0, 'a'),
      rowAt(3, 0, 'b'),
      rowAt(3, 1, 'c', { collection: 'org.waki.profile' }),
      rowAt(7, 0, 'a', { action: 'delete', cid: null, value: null }),
    ]
    for (const row of rows.slice(0, 3)) await commitSurely(books, { intake: [row] }, row.leaf, row.recordedAt)
    assert.deepEqual(await books.intake({ leaf: 0, op: 0 }, 10), rows.slice(0, 3))
    assert.deepEqual(await books.intake({ leaf: 3, op: 0 }, 1), [rows[2]])
    for (const row of rows.slice(3)) await commitSurely(books, { intake: [row] }, row.leaf, row.recordedAt)
    const repo = rows[0]?.repo ?? ''
    assert.deepEqual(
      (await books.rows({ repo, collection: 'org.waki.action', limit: 10 })).map(({ leaf }) => leaf),
      [7, 3, 1],
    )
    assert.deepEqual(
      (await books.rows({ repo, collection: 'org.waki.action', limit: 10, before: { leaf: 7, op: 0 } })).map(({ leaf }) => leaf),
      [3, 1],
    )
    assert.deepEqual(
      (await books.rows({ uri: rows[0]?.uri ?? '', limit: 10 })).map(({ leaf }) => leaf),
      [7, 1],
    )
    assert.deepEqual(
      [...(await books.paths(repo))],
      [
        ['org.waki.action/b', 'cid-3-0'],
        ['org.waki.profile/c', 'cid-3-1'],
      ],
    )
    assert.deepEqual((await books.leafBefore(rows[1]?.recordedAt ?? '')).leaf, 1)
    assert.deepEqual((await books.leafBefore('2030-01-01T00:00:00.000Z')).leaf, 7)
    assert.deepEqual((await books.leafBefore('2020-01-01T00:00:00.000Z')).leaf, 0)
    assert.deepEqual(await books.positionAt(4), { leaf: 4, instant: rows[1]?.recordedAt })
    assert.deepEqual(await books.positionAt(0), { leaf: 0, instant: START.instant })
  })

  on('proofs and heads are kept with the rows they prove', async ({ books }) => {
    const row = rowAt(1, 0, 'a')
    const proof = { leaf: 1, repo: row.repo, car: Uint8Array.of(1, 2, 3), didKey: 'did:key:z', evidence: '{"kind":"plc"}' }
    const head = { repo: row.repo, rev: '3k', data: 'bafy', state: 'desynchronized' as const }
    await commitSurely(books, { intake: [row], proofs: [proof], heads: [head] }, 1, row.recordedAt)
    const found = (await books.proof(1)) ?? assert.fail('no proof')
    assert.deepEqual({ ...found, car: Uint8Array.from(found.car) }, proof)
    assert.equal(await books.proof(2), null)
    assert.deepEqual([...(await books.heads([row.repo, 'did:plc:none']))], [[row.repo, head]])
    assert.deepEqual([await books.knows(row.repo), await books.knows('did:plc:none')], [true, false])
    assert.deepEqual([await books.naming(row.repo), await books.naming('did:plc:none')], [[], []])
  })
}

const working = (on: On): void => {
  on('what sign-in keeps ends with its time, is taken once, and is counted by owner', async ({ work }) => {
    const kept = { kind: 'session' as const, name: 's', owner: 'a', sealed: Uint8Array.of(1, 2, 3), expiresMs: 1000 }
    const bytesOf = async (name: string, nowMs: number) => (await work.kept('session', name, nowMs))?.sealed.join()
    await work.keep({ ...kept, sealed: Uint8Array.of(9) })
    await work.keep(kept)
    await work.keep({ ...kept, kind: 'grant' })
    await work.keep({ ...kept, name: 't', expiresMs: 2000 })
    assert.equal(await bytesOf('s', 999), '1,2,3')
    assert.equal(await bytesOf('s', 1000), undefined)
    assert.deepEqual([await work.countOwned('session', 'a', 999), await work.countOwned('session', 'a', 1000)], [2, 1])
    assert.equal(await work.take('session', 's', 1000), null)
    const taken = await Promise.all([work.take('session', 's', 0), work.take('session', 's', 0)])
    assert.equal(taken.filter((one) => one !== null).length, 1)
    const listed = await work.keptAfter({ kind: '', name: '' }, 10)
    assert.deepEqual(
      listed.map(({ kind, name }) => `${kind} ${name}`),
      ['grant s', 'session t'],
    )
    assert.deepEqual(
      (await work.keptAfter({ kind: 'grant', name: 's' }, 10)).map(({ name }) => name),
      ['t'],
    )
    assert.equal(await work.dropExpired(1000), 1)
    await work.keep(kept)
    await work.drop('session', 's')
    assert.equal(await bytesOf('s', 0), undefined)
    assert.equal(await work.dropOwned('session', 'a'), 1)
    assert.deepEqual(await work.keptAfter({ kind: '', name: '' }, 10), [])
  })
}
