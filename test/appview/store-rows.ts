// Rows, transactions and careful commits for the tests of the store.

import type { Changes, IntakeRow, Posting, Transaction } from '../../appview/journal/model.ts'
import { StoreRefused } from '../../appview/store/store.ts'
import type { Books, Commit, Cursor, Store } from '../../appview/store/store.ts'

export const nothing: Changes = { put: new Map(), transactions: [], refusals: [], dueAdd: [], dueRemove: [] }

export const rowAt = (leaf: number, op: number, rkey: string, more: Partial<IntakeRow> = {}): IntakeRow => ({
  origin: 'test/1',
  leaf,
  op,
  recordedAt: new Date(Date.UTC(2026, 3, 1) + leaf * 1000).toISOString(),
  source: 'record',
  action: 'create',
  repo: 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa',
  collection: 'org.waki.action',
  rkey,
  uri: `at://did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/org.waki.action/${rkey}`,
  cid: `cid-${leaf}-${op}`,
  value: { $type: 'org.waki.action', minutes: leaf },
  ...more,
})

export const given = (
  leaf: number,
  effectiveDate: string,
  recordedAt: string,
  entity: string,
  minutes: number,
  category = 'elderly',
): Transaction => ({
  id: `${leaf}/0/recognise`,
  effectiveDate,
  recordedAt,
  leaf,
  op: 0,
  kind: 'recognise',
  sources: [],
  action: `at://${entity}/${leaf}`,
  rate: null,
  rateCid: null,
  lines: [
    { entity, scope: '172014', account: 1310, unit: 'MIN', amount: minutes },
    { entity, scope: '172014', account: 4110, unit: 'MIN', amount: -minutes, category },
    { entity: 'X:172014', scope: '172014', account: 5110, unit: 'MIN', amount: minutes, category, receiver: 0 },
    { entity: 'X:172014', scope: '172014', account: 1310, unit: 'MIN', amount: -minutes, receiver: 0 },
  ] satisfies Posting[],
})

export const next = (cursor: Cursor, leaf: number, instant: string): Cursor => ({
  read: { leaf, instant },
  folded: { leaf, instant },
  step: cursor.step + 1,
})

/** Commits as a careful writer does: after an error it asks whether the commit is there. */
export const commitSurely = async (books: Books, part: Partial<Commit>, leaf: number, instant: string): Promise<void> => {
  const { cursor, epoch } = await books.state()
  const commit: Commit = {
    epoch,
    expectedCursor: cursor,
    nextCursor: next(cursor, leaf, instant),
    intake: [],
    proofs: [],
    heads: [],
    changes: nothing,
    ...part,
  }
  for (;;) {
    try {
      return await books.commit(commit)
    } catch (error) {
      if ((await books.state()).cursor.step === commit.nextCursor.step) return
      if (error instanceof StoreRefused) throw error
    }
  }
}

export const dumped = async (store: Store): Promise<string[]> => Array.fromAsync(store.books.dump())
