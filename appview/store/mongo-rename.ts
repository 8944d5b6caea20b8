// Gives a withdrawn record its name in what is folded: heads of transactions, refusals, and the few documents that still speak of it. After this what is
// folded is what a fold of the residues makes of it.

import type { Doc, Refusal, Transaction as Booking } from '../journal/model.ts'
import { putDocs, readDocs } from './mongo-docs.ts'
import { writeRefusals } from './mongo-fold.ts'
import { changedPage, transactionsIn, whenOf } from './mongo-pages.ts'
import type { Line } from './mongo-tables.ts'
import type { Transaction } from './mongo-transaction.ts'
import { actNumber } from './act-number.ts'

type Head = Omit<Booking, 'lines'>

export const renameAction = async (transaction: Transaction, uri: string, name: string, repo: string): Promise<void> => {
  await changeHeads(transaction, uri, ({ id, sources, ...head }) => ({
    ...head,
    id: id.replaceAll(`/${uri}`, `/${name}`),
    action: name,
    sources: sources.map((one) => (one === uri ? name : one)),
  }))
  await renameRefusals(transaction, repo, uri, name)
  const parked = (await readDocs(transaction, [`parked:${uri}`])).get(`parked:${uri}`)
  if (parked?.kind !== 'parked') return
  const changed = new Map<string, Doc | null>([
    [`parked:${uri}`, null],
    [`parked:${name}`, parked],
  ])
  const waiting = await readDocs(
    transaction,
    parked.waiting.map((note) => `confirmation:${note.uri}`),
  )
  for (const [key, doc] of waiting) if (doc?.kind === 'confirmation') changed.set(key, { ...doc, action: name })
  await putDocs(transaction, changed)
}

/** `actions`: what its versions spoke of, as the books know them. */
export const renameConfirmation = async (
  transaction: Transaction,
  uri: string,
  name: string,
  repo: string,
  actions: readonly string[],
): Promise<void> => {
  await renameRefusals(transaction, repo, uri, name)
  const changed = new Map<string, Doc | null>()
  for (const action of new Set(actions)) {
    await changeHeads(transaction, action, (head) => ({ ...head, sources: head.sources.map((one) => (one === uri ? name : one)) }))
    const doc = (await readDocs(transaction, [`action:${action}`])).get(`action:${action}`)
    if (doc?.kind === 'action' && doc.dispute === uri) changed.set(`action:${action}`, { ...doc, dispute: name })
  }
  const dispute = (await readDocs(transaction, [`dispute:${uri}`])).get(`dispute:${uri}`) ?? null
  if (dispute !== null) {
    changed.set(`dispute:${uri}`, null)
    changed.set(`dispute:${name}`, dispute)
  }
  await putDocs(transaction, changed)
}

/** Heads of the transactions of one action. Fields keep their order: the text is part of what a rebuild must give again. */
const changeHeads = async (transaction: Transaction, action: string, change: (head: Head) => Head): Promise<void> => {
  const { tables, session, folded: b, names } = transaction
  const [stored = ''] = await names.did.seek([action])
  for (const page of await tables.page.find({ b, acts: actNumber(stored) }, { session, sort: { _id: 1 } }).toArray()) {
    const paged = transactionsIn(page)
    const heads = await names.did.read(paged.map(({ head }) => head))
    const changed: { readonly head: string; readonly lines: readonly Line[] }[] = []
    for (const [index, { head, lines }] of paged.entries()) {
      const before = parseHead(heads[index] ?? '')
      const isMeant = whenOf(head).action === stored
      const [text = head] = isMeant ? await names.did.write([JSON.stringify({ ...before, ...change(before) })]) : []
      changed.push({ head: text, lines })
    }
    const { _id, ...rest } = changedPage(page, changed)
    await tables.page.replaceOne({ _id, b }, rest, { session })
  }
}

const parseHead = (text: string): Head => JSON.parse(text)

const renameRefusals = async (transaction: Transaction, repo: string, uri: string, name: string): Promise<void> => {
  const { tables, session, folded: b, names, counters } = transaction
  const [storedRepo = '', stored = ''] = await names.did.seek([repo, uri])
  const found = await tables.refusal.find({ b, repo: storedRepo, uri: stored }, { session }).toArray()
  if (found.length === 0) return
  const values = await names.did.read(found.map(({ value }) => value))
  const { deletedCount } = await tables.refusal.deleteMany({ b, repo: storedRepo, uri: stored }, { session })
  counters.refusals -= deletedCount
  await writeRefusals(
    transaction,
    values.map((value) => ({ ...parseRefusal(value), uri: name })),
  )
}

const parseRefusal = (text: string): Refusal => JSON.parse(text)
