// Confirmations that come in crowds: whoever counts is heard, whatever strangers write; of one author the newest word stands.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { IntakeRow } from '../../appview/journal/model.ts'
import type { ActionDoc } from '../../appview/journal/documents.ts'
import { BookKeeper, type Book } from './book.ts'
import { KANAZAWA, type Log, person, smallTown, towns } from './rows.ts'

const [A, B, C, H] = [person('a'), person('b'), person('c'), person('h')]
const CROWD = 60

const fold = (log: Log): Book => new BookKeeper(towns).fold(log.rows, 5).book()
const docOf = (book: Book, uri: string): ActionDoc => JSON.parse(book.documents.get(`action:${uri}`) ?? 'null')
const unseen = (log: Log, key: string): IntakeRow => ({
  ...log.act(A),
  uri: `at://${A}/org.waki.action/${key}`,
  cid: `of-${key}`,
})
const appear = (log: Log, act: IntakeRow): void => void log.rows.push({ ...log.act(A), uri: act.uri, rkey: 'later', cid: act.cid })

/** Each of them claims what they like. */
const strangers = (log: Log, act: IntakeRow): void => {
  const roles = ['beneficiary', 'witness', 'hostBody', 'municipality']
  for (let i = 0; i < CROWD; i += 1) log.confirm(person(`s${i}`), act, { role: roles[i % roles.length] ?? '' })
}
const oneStranger = (log: Log, act: IntakeRow): void => {
  for (let i = 0; i < CROWD; i += 1) log.confirm(C, act, { role: 'witness' })
}

for (const [name, crowd] of [
  ['of strangers', strangers],
  ['of one stranger’s words', oneStranger],
] as const)
  for (const [who, repo, role] of [
    ['a resident', B, 'beneficiary'],
    ['a host body', H, 'hostBody'],
    ['the town', KANAZAWA.did, 'municipality'],
  ] as const) {
    test(`${who} is heard after a crowd ${name}`, () => {
      const log = smallTown()
      const act = log.act(A)
      crowd(log, act)
      log.confirm(repo, act, { role })
      const doc = docOf(fold(log), act.uri)
      assert.equal(doc.state, 'recognised')
      assert.equal(doc.confirmations.at(-1)?.repo, repo)
      assert.ok(doc.confirmations.length <= 17)
    })

    test(`${who} is heard after a crowd ${name} that came before the act`, () => {
      const log = smallTown()
      const act = unseen(log, 'later')
      crowd(log, act)
      log.confirm(repo, act, { role })
      appear(log, act)
      const book = fold(log)
      assert.equal(docOf(book, act.uri).state, 'recognised')
      assert.equal(
        book.dues.some(({ kind }) => kind === 'parked-lapse'),
        false,
      )
    })
  }

test('a crowd of residents leaves host bodies and towns their room', () => {
  const log = smallTown()
  log.policy(KANAZAWA, { timeLevel: 3, effectiveFrom: '2026-05-01' })
  const act = log.act(A)
  for (let i = 0; i < CROWD; i += 1) log.admit(KANAZAWA, person(`n${i}`))
  for (let i = 0; i < CROWD; i += 1) log.confirm(person(`n${i}`), act, { role: 'witness' })
  log.confirm(H, act, { role: 'hostBody' })
  assert.equal(docOf(fold(log), act.uri).confirmations.at(-1)?.repo, H)
  log.confirm(KANAZAWA.did, act, { role: 'municipality' })
  assert.equal(docOf(fold(log), act.uri).state, 'recognised')
})

test('who says otherwise after a crowd has agreed still opens a dispute', () => {
  const log = smallTown()
  const act = log.act(A)
  log.confirm(B, act)
  for (let i = 0; i < CROWD; i += 1) log.admit(KANAZAWA, person(`n${i}`))
  for (let i = 0; i < CROWD; i += 1) log.confirm(person(`n${i}`), act, { role: 'witness' })
  const other = log.confirm(person('n50'), act, { role: 'beneficiary', minutes: 30 })
  assert.equal(docOf(fold(log), act.uri).dispute, other.uri)
})

test('of one author the newest word stands; what was recognised by stays beside it', () => {
  const log = smallTown()
  const act = log.act(C)
  const first = log.confirm(B, act)
  const second = log.confirm(B, act, { minutes: 30 })
  const open = fold(log)
  assert.deepEqual(
    docOf(open, act.uri).confirmations.map(({ uri }) => uri),
    [second.uri],
  )
  assert.equal(open.documents.has(`confirmation:${first.uri}`), false)
  log.admit(KANAZAWA, C)
  const recognised = docOf(fold(log), act.uri)
  assert.equal(recognised.recognised?.minutes, 30)
  assert.equal(recognised.dispute, null)
  const third = log.confirm(B, act, { minutes: 45 })
  const fourth = log.confirm(B, act, { minutes: 50 })
  const doc = docOf(fold(log), act.uri)
  assert.deepEqual(
    doc.confirmations.map(({ uri }) => uri),
    [second.uri, fourth.uri],
  )
  assert.equal(doc.dispute, third.uri)
})

test('a town’s own word and one on behalf stand side by side', () => {
  const log = smallTown()
  log.policy(KANAZAWA, { timeLevel: 3, effectiveFrom: '2026-05-01' })
  const act = log.act(A)
  log.confirm(H, act, { role: 'hostBody' })
  log.confirm(H, act, { role: 'hostBody', onBehalf: 'beneficiary' })
  log.confirm(H, act, { role: 'hostBody', onBehalf: 'witness' })
  assert.deepEqual(
    docOf(fold(log), act.uri).confirmations.map(({ onBehalf }) => onBehalf),
    [null, 'witness'],
  )
})
