// Short stories of the books that the worked examples do not tell: who waits for whom, and what becomes of it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { disputeNotes } from '../../appview/journal/disputes.ts'
import type { Doc, Posting, Transaction } from '../../appview/journal/model.ts'
import { BookKeeper, type Book } from './book.ts'
import { KANAZAWA, KOMATSU, Log, person, smallTown, towns } from './rows.ts'

const [A, B, C, H] = [person('a'), person('b'), person('c'), person('h')]
const FAR = '2026-12-31T00:00:00.000Z'

const folded = (log: Log, through?: string): Book => new BookKeeper(towns).fold(log.rows, 4, through).book()
const kinds = ({ transactions }: Book): readonly string[] => transactions.map(({ kind, leaf }) => `${leaf ?? 'time'} ${kind}`)
const minutes = (transaction: Transaction | undefined): readonly string[] =>
  (transaction?.lines ?? [])
    .filter(({ unit }) => unit === 'MIN')
    .map(({ entity, scope, account, amount, effectiveDate }: Posting) =>
      [entity.replace(/^([PO]):did:plc:(.).*/, '$1:$2'), scope, account, amount, effectiveDate ?? ''].join(' ').trim(),
    )
const recognised = ({ transactions }: Book): readonly string[] => minutes(transactions.find(({ kind }) => kind.startsWith('recognise')))
const docOf = (book: Book, key: string): Doc | null => JSON.parse(book.documents.get(key) ?? 'null')

test('not admitted: memo only in the municipality claimed, recognised at the leaf of the first admission', () => {
  const log = smallTown()
  const act = log.act(C)
  log.confirm(B, act)
  assert.deepEqual(minutes(folded(log).transactions[0]), ['P:c 172014 9110 60', 'P:c 172014 9120 -60'])
  assert.deepEqual(kinds(folded(log)), [`${act.leaf} claim`])
  const admission = log.admit(KOMATSU, C, '2026-05-01')
  const book = folded(log)
  assert.deepEqual(kinds(book), [`${act.leaf} claim`, `${admission.leaf} memo-release`, `${admission.leaf} recognise`])
  assert.deepEqual(recognised(book), ['P:c 172031 1310 60', 'P:c 172031 4110 -60', 'P:b 172014 5110 60', 'P:b 172014 1310 -60'])
  assert(book.transactions[2]?.sources.includes(admission.uri))
})

test('an admission that begins after the act leaves it a memo', () => {
  const log = smallTown()
  log.confirm(B, log.act(C))
  log.admit(KANAZAWA, C, '2026-05-11')
  assert.deepEqual(recognised(folded(log)), [])
})

test('a confirmation waits for its author’s admission; deleted meanwhile, it no longer counts', () => {
  const log = smallTown()
  const act = log.act(A)
  const confirmation = log.confirm(C, act)
  assert.deepEqual(kinds(folded(log)), [`${act.leaf} claim`])
  const deleted = new Log()
  deleted.rows.push(...log.rows)
  const admission = log.admit(KANAZAWA, C)
  assert.deepEqual(kinds(folded(log)).at(-1), `${admission.leaf} recognise`)
  const gone = { ...admission, leaf: admission.leaf + 1, uri: `${admission.uri}x` }
  deleted.rows.push({ ...confirmation, leaf: admission.leaf, action: 'delete', cid: null, value: null }, gone)
  assert.deepEqual(kinds(folded(deleted)), [`${act.leaf} claim`])
})

test('a confirmation deleted after recognition changes nothing', () => {
  const log = smallTown()
  const act = log.act(A)
  const confirmation = log.confirm(B, act)
  const before = kinds(folded(log))
  log.delete(confirmation)
  assert.deepEqual(kinds(folded(log)), before)
})

test('a confirmation that comes before its action waits for it, and decides at the action’s leaf', () => {
  const log = smallTown()
  const key = 'later'
  const cid = `cid${log.leaf + 2}`
  log.write(B, 'confirmation', { subject: { uri: `at://${A}/org.waki.action/${key}`, cid }, role: 'beneficiary', verdict: 'confirmed' })
  const act = log.write(
    A,
    'action',
    { category: 'safety', minutes: 30, performedOn: '2026-05-10', municipality: { scheme: 'jis-x-0402', code: '172014' } },
    { key },
  )
  assert.equal(act.cid, cid)
  const book = folded(log, FAR)
  assert.deepEqual(kinds(book), [`${act.leaf} claim`, `${act.leaf} memo-release`, `${act.leaf} recognise`])
  assert.deepEqual(book.dues, [])
})

test('a card holder acts through a host body, which another attests; unnamed receivers are the town’s pool', () => {
  const log = smallTown()
  log.host(KANAZAWA, C)
  log.confirm(C, log.act(H, { giver: { card: 'kz-0001' } }), { role: 'hostBody' })
  assert.deepEqual(recognised(folded(log)), [
    `C:${H}/kz-0001 172014 1310 60`,
    `C:${H}/kz-0001 172014 4110 -60`,
    'X:172014 172014 5110 60',
    'X:172014 172014 1310 -60',
  ])
  const stamped = smallTown()
  stamped.confirm(KANAZAWA.did, stamped.act(H, { giver: { card: 'kz-0001' } }), { role: 'municipality' })
  assert.equal(recognised(folded(stamped)).length, 4, 'or the town')
})

test('cards of two host bodies with one token are two givers', () => {
  const log = smallTown()
  log.host(KANAZAWA, C)
  for (const body of [H, C]) log.act(body, { giver: { card: 't' }, minutes: 700 })
  const { refusals, documents } = folded(log)
  assert.deepEqual(refusals, [])
  assert.deepEqual(
    [H, C].map((body) => documents.has(`giver:C:${body}/t`)),
    [true, true],
  )
})

test('a town that joins later is no town of these books before, also when they are folded again', () => {
  const log = smallTown()
  const claimed = log.act(A, { municipality: { scheme: 'jis-x-0402', code: KOMATSU.code } })
  const received = log.confirm(B, log.act(A), { receivers: [{ class: 'unnamed', scope: KOMATSU.code }] })
  const after = log.act(A, { municipality: { scheme: 'jis-x-0402', code: KOMATSU.code } })
  const roster = [
    { ...KANAZAWA, fromLeaf: 0 },
    { ...KOMATSU, fromLeaf: after.leaf },
  ]
  const { refusals } = new BookKeeper(roster).fold(log.rows, 4).book()
  assert.deepEqual(
    refusals.filter(({ repo }) => repo === A || repo === B).map(({ uri, code }) => [uri, code]),
    [
      [claimed.uri, 'action.municipality-not-in-roster'],
      [received.uri, 'confirmation.receiver-scope-unknown'],
    ],
  )
})

test('published on behalf of a private beneficiary it has that person’s level, and names nobody', () => {
  const log = smallTown()
  log.policy(KANAZAWA, { timeLevel: 2, effectiveFrom: '2026-05-01' })
  const act = log.act(A)
  log.confirm(KANAZAWA.did, act, { role: 'municipality', onBehalf: 'beneficiary' })
  assert.deepEqual(recognised(folded(log)), [], 'level 1 is not enough here')
  log.confirm(H, act, { role: 'hostBody' })
  assert.deepEqual(recognised(folded(log)), [
    'P:a 172014 1310 60',
    'P:a 172014 4110 -60',
    'X:172014 172014 5110 60',
    'X:172014 172014 1310 -60',
  ])
})

test('receivers: the confirmation’s, else the action’s; a person without known residence is in the pool', () => {
  const log = smallTown()
  const act = log.act(A, { beneficiaries: [{ class: 'public' }], minutes: 100 })
  log.confirm(H, act, { role: 'hostBody' })
  assert.deepEqual(recognised(folded(log)).slice(2), ['M:172014 172014 5130 100', 'M:172014 172014 3420 -100'])
})

test('who is named receives in their own books only where they name themselves; else the pool of where they live does', () => {
  const both = [
    { class: 'person', did: C },
    { class: 'person', did: B, weight: 2 },
  ]
  const said = (write: (log: Log) => void): readonly string[] => {
    const log = smallTown()
    log.admit(KOMATSU, C, '2026-05-01')
    write(log)
    return recognised(folded(log)).slice(2)
  }
  const pooled = ['X:172031 172031 5110 20', 'X:172031 172031 1310 -20', 'X:172014 172014 5110 40', 'X:172014 172014 1310 -40']
  const ofB = ['P:b 172014 5110 40', 'P:b 172014 1310 -40']
  assert.deepEqual(
    said((log) => log.confirm(H, log.act(A), { role: 'hostBody', receivers: both })),
    pooled,
    'by a host body',
  )
  assert.deepEqual(
    said((log) => log.confirm(H, log.act(A, { beneficiaries: both, hostBody: H }), { role: 'hostBody' })),
    pooled,
    'by the giver',
  )
  assert.deepEqual(
    said((log) => log.confirm(B, log.act(A), { role: 'witness', receivers: both })),
    [...pooled.slice(0, 2), ...ofB],
    'B names B, and C',
  )
  const onBehalf = { role: 'hostBody', onBehalf: 'beneficiary', receivers: both }
  assert.deepEqual(
    said((log) => log.confirm(H, log.act(A), onBehalf)),
    pooled,
    'on behalf',
  )
  assert.deepEqual(
    said((log) => log.confirm(B, log.act(A), { role: 'witness', receivers: [{ class: 'person', did: C, scope: KANAZAWA.code }] })),
    ['X:172014 172014 5110 60', 'X:172014 172014 1310 -60'],
    'where the confirmation says the scope, it holds',
  )
})

test('the lesser of claimed and confirmed minutes; who says otherwise later opens a dispute, disclosed while it is open', () => {
  const log = smallTown()
  const act = log.act(A, { minutes: 90 })
  log.confirm(B, act, { minutes: 120 })
  const other = log.confirm(H, act, { role: 'hostBody', minutes: 60 })
  const book = folded(log)
  assert.equal(recognised(book)[0], 'P:a 172014 1310 90')
  const doc = docOf(book, 'disputes:172014/2026')
  assert(doc?.kind === 'disputes')
  const period = { from: '2026-04-01', through: '2027-03-31' }
  const notes = (entity: string | null, leaf: number) => Object.values(disputeNotes(doc, { entity, scope: '172014', period, leaf }))
  assert.deepEqual(notes(null, other.leaf), [1, 90])
  assert.deepEqual(notes(`P:${B}`, other.leaf), [1, 0])
  assert.deepEqual(notes('M:172014', other.leaf), [0, 0])
  assert.deepEqual(notes(null, other.leaf - 1), [0, 0])
})

test('taken back after the cut-off: as prior-period on that day, where the giver lives then', () => {
  const log = smallTown().at('2027-03-20')
  const act = log.act(A, { performedOn: '2027-03-20' })
  log.confirm(B, act)
  log.at('2027-04-10').admit(KOMATSU, A, '2027-04-10')
  log.at('2027-06-01T00:00:00+09:00').delete(act)
  const book = folded(log)
  const retract = book.transactions.at(-1)
  assert.equal(retract?.effectiveDate, '2027-06-01')
  assert.deepEqual(minutes(retract), ['P:a 172031 1310 -60', 'P:a 172031 4190 60', 'P:b 172014 5190 -60', 'P:b 172014 1310 60'])
})

test('without a rate table there are minutes and no yen', () => {
  const log = new Log().at('2026-04-01')
  for (const name of ['a', 'b']) log.admit(KANAZAWA, person(name))
  log.at('2026-05-10').confirm(B, log.act(A))
  const { transactions } = folded(log)
  assert.deepEqual(new Set(transactions.flatMap(({ lines }) => lines.map(({ unit }) => unit))), new Set(['MIN']))
  assert.deepEqual(transactions.map(({ rate, rateCid }) => [rate, rateCid]).at(-1), [null, null])
})

test('deleted account: open claims go after thirty days, unless it comes back; a deactivated one only hides', () => {
  const log = smallTown()
  const open = log.act(A)
  log.confirm(B, log.act(A, { minutes: 30 }))
  log.account(A, 'deleted')
  const before = folded(log, '2026-06-08T14:59:59.999Z')
  const after = folded(log, '2026-06-08T15:00:00.000Z')
  assert.equal(docOf(before, `account:${A}`)?.kind, 'account')
  assert.equal(after.transactions.length, before.transactions.length + 1)
  assert.deepEqual(
    [after.transactions.at(-1)?.kind, after.transactions.at(-1)?.leaf, after.transactions.at(-1)?.action],
    ['memo-release', null, open.uri.replace(A, 'did:erased:1')],
  )
  log.account(A, null)
  const back = folded(log, '2026-06-08T15:00:00.000Z')
  assert.equal(docOf(back, `account:${A}`), null)
  assert.equal(back.transactions.length, before.transactions.length)
  const hidden = smallTown()
  hidden.act(A)
  hidden.account(A, 'deactivated')
  assert.deepEqual(folded(hidden, '2026-07-31T00:00:00.000Z').transactions.length, 1)
})

test('a town speaks from its leaf on, and hands over to another DID at a leaf', () => {
  const log = new Log().at('2026-04-01')
  const other = { code: KANAZAWA.code, did: 'did:web:new.example' }
  const early = log.admit(other, A)
  log.admit(KANAZAWA, B)
  const late = log.admit(KANAZAWA, C)
  log.admit(other, C)
  const roster = [
    { ...KANAZAWA, fromLeaf: 0 },
    { ...other, fromLeaf: late.leaf },
  ]
  const { refusals, documents } = new BookKeeper(roster).fold(log.rows, 2).book()
  assert.deepEqual(
    refusals.map(({ uri, code }) => [uri, code]),
    [
      [early.uri, 'town.not-in-roster'],
      [late.uri, 'town.not-in-roster'],
    ],
  )
  assert.deepEqual(
    [A, B, C].map((did) => documents.has(`admissions:${did}`)),
    [false, true, true],
  )
})

test('an admission that ends: acts after its last day are memo only; the balance stays until the person moves', () => {
  const log = smallTown()
  log.confirm(B, log.act(A))
  const admission = log.rows.find(({ collection, value }) => collection.endsWith('admission') && JSON.stringify(value).includes(A))
  assert(admission !== undefined)
  log.at('2026-05-20').edit(admission, { until: '2026-05-15' })
  log.confirm(B, log.act(A, { performedOn: '2026-05-16' }))
  const within = log.act(A, { performedOn: '2026-05-15' })
  log.confirm(B, within)
  const move = log.at('2026-06-01').admit(KOMATSU, A, '2026-05-16')
  const book = folded(log)
  assert.equal(book.transactions.filter(({ kind }) => kind === 'recognise').length, 2)
  assert.deepEqual(minutes(book.transactions.find(({ kind }) => kind === 'move')), [
    'P:a 172014 1310 -120',
    'P:a 172014 3310 120',
    'P:a 172031 1310 120',
    'P:a 172031 3310 -120',
  ])
  assert.equal(book.transactions.find(({ kind }) => kind === 'move')?.effectiveDate, '2026-06-01')
  assert.equal(move.leaf, book.transactions.at(-1)?.leaf)
})
