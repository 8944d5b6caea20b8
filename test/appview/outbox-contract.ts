// What every engine must do for records that are to be published, as part of the store's suite: each once, in their order, and found by repo and by key.

import assert from 'node:assert/strict'
import type { On } from './on-fresh-store.ts'

export const outbox = (on: On): void => {
  on('the outbox keeps a row until it is settled, and never two under one key', async ({ work }) => {
    const row = { repo: 'did:plc:town', collection: 'org.waki.policy', rkey: '3k', verb: 'create' as const, record: { mode: 'none' } }
    const id = await work.enqueue(row)
    await assert.rejects(work.enqueue(row))
    const pending = (await work.pending([], 10))[0] ?? assert.fail('nothing pending')
    assert.deepEqual(pending, { ...row, id, state: 'pending', attempts: 0, cid: null, error: null })
    await work.settle(id, { state: 'pending', cid: null, error: 'down' })
    assert.deepEqual(await work.pending([row.repo], 10), [])
    assert.equal((await work.pending(['did:web:other'], 10))[0]?.attempts, 1)
    await work.settle(id, { state: 'done', cid: 'bafy', error: null })
    assert.deepEqual(await work.pending([], 10), [])
    assert.equal((await work.outbox(row.repo, 5))[0]?.cid, 'bafy')
    await work.settle(id, { state: 'pending', cid: null, error: 'late' })
    assert.equal((await work.outbox(row.repo, 5))[0]?.state, 'done', 'whoever was at it, too, and comes late changes nothing')
  })

  on('what waits of a repo waits in its order, and all that was ever meant for a key is found', async ({ work }) => {
    const at = { repo: 'did:plc:town', collection: 'org.waki.policy', rkey: '3k', record: { mode: 'none' } }
    const first = await work.enqueue({ ...at, verb: 'create' })
    const second = await work.enqueue({ ...at, verb: 'put', since: 7 })
    const other = await work.enqueue({ ...at, repo: 'did:plc:other', verb: 'create' })
    const last = await work.enqueue({ ...at, rkey: '3m', verb: 'delete' })
    await work.settle(first, { state: 'pending', cid: null, error: 'down' })
    const ids = (rows: readonly { readonly id: number }[]): readonly number[] => rows.map(({ id }) => id)
    assert.deepEqual(ids(await work.pending([], 9)), [first, second, other, last])
    assert.deepEqual(ids(await work.pending([at.repo], 9)), [other])
    assert.deepEqual(await work.unsent(), [
      { repo: at.repo, count: 3, first, last, attempts: 1 },
      { repo: 'did:plc:other', count: 1, first: other, last: other, attempts: 0 },
    ])
    assert.deepEqual(
      (await work.outboxOf(at)).map(({ id, verb, since }) => [id, verb, since]),
      [
        [first, 'create', undefined],
        [second, 'put', 7],
      ],
    )
    assert.deepEqual([ids(await work.outboxFrom(first, 2)), ids(await work.outboxFrom(last, 2))], [[second, other], []])
  })
}
