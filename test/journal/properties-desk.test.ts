// Invariants of what desks do, on random towns: a merged municipality is empty, own statements and the rest of the pool are the pool (I18), nothing of
// the register moves a public figure, the roll knows everybody who has a balance, and a restart at any row makes no difference (I9).

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { test } from 'node:test'
import type { Merger } from '../../appview/journal/documents.ts'
import type { MappedReceiver } from '../../appview/journal/documents-desk.ts'
import { ownLinesOf, type OwnLine } from '../../appview/journal/own-lines.ts'
import { postedEntity } from '../../appview/journal/erasure.ts'
import type { IntakeRow, Posting, Transaction } from '../../appview/journal/model.ts'
import { BookKeeper, type Book } from './book.ts'
import { departuresIn } from './departures.ts'
import { people, TOWNS } from './random-people.ts'
import { steps, townOf } from './random-town.ts'
import { threeTowns } from './rows.ts'

const SEED = 20260402
const RUNS = Number(process.env['WAKI_RUNS'] ?? 150)
const options = { seed: SEED, numRuns: RUNS }
const FAR = '2035-01-01T00:00:00.000Z'
const STEPS = 70
const MEMO = 9000

const folded = (rows: readonly IntakeRow[], through = FAR): Book => new BookKeeper(threeTowns).fold(rows, 9, through).book()
const textOf = ({ documents }: Book, key: string): string => documents.get(key) ?? '{}'
type Kept = { readonly scope: string; readonly MIN: number; readonly JPY: number; readonly place: number }
const balancesOf = (book: Book, entity: string): { readonly scopes?: readonly Kept[] } => JSON.parse(textOf(book, `balance:${entity}`))
const rollOf = (book: Book, code: string): { readonly last?: readonly string[] } => JSON.parse(textOf(book, `roll:${code}`))
const unionsIn = (book: Book): { readonly mergers?: readonly Merger[] } => JSON.parse(textOf(book, 'mergers:all'))
const poolOf = (book: Book, did: string): { readonly mapped?: readonly MappedReceiver[] } => JSON.parse(textOf(book, `pool:${did}`))
const mergersOf = (book: Book): readonly Merger[] => unionsIn(book).mergers ?? []
const mappedOf = (book: Book, did: string): readonly MappedReceiver[] =>
  (poolOf(book, did).mapped ?? []).filter(({ until }) => until === undefined)

const linesOf = (transactions: readonly Transaction[]): readonly OwnLine[] =>
  transactions.flatMap(({ effectiveDate, lines }) => lines.map((line) => ({ ...line, effectiveDate: line.effectiveDate ?? effectiveDate })))

const sumsBy = (lines: readonly OwnLine[], keyOf: (line: OwnLine) => string): ReadonlyMap<string, number> => {
  const sums = new Map<string, number>()
  for (const line of lines) sums.set(keyOf(line), (sums.get(keyOf(line)) ?? 0) + line.amount)
  return sums
}
const nothingLeft = (lines: readonly OwnLine[], keyOf: (line: OwnLine) => string, what: string): void => {
  for (const [key, sum] of sumsBy(lines, keyOf)) assert.equal(sum, 0, `${what}: ${key}`)
}

/** The lines of pools that the register says are somebody’s. */
const ownLines = (book: Book, did: string): readonly OwnLine[] =>
  mappedOf(book, did).flatMap((mapped) => {
    const uri = book.transactions.find(({ kind, leaf, op }) => kind === 'claim' && `${leaf}/${op}` === mapped.action)?.action
    return ownLinesOf(
      book.transactions.filter(({ action }) => action === uri),
      mapped,
      mergersOf(book),
    )
  })

test('what has become part of another municipality keeps nothing, and the roll names everybody who ever had a balance', () => {
  let merged = 0
  fc.assert(
    fc.property(steps(STEPS), (plan) => {
      const book = folded(townOf(plan).rows)
      const clearing = linesOf(book.transactions).filter(({ account }) => account === 1310)
      for (const { from } of mergersOf(book)) {
        merged += clearing.some(({ scope }) => scope === from) ? 1 : 0
        const left = clearing.filter(({ scope }) => scope === from)
        nothingLeft(left, ({ entity, unit }) => `${entity} ${unit}`, `${from} is no more`)
      }
      for (const { code } of TOWNS) {
        const holders = new Set(clearing.filter(({ scope }) => scope === code).map(({ entity }) => entity))
        const page = rollOf(book, code).last ?? []
        assert.deepEqual(page.map((entity) => postedEntity(entity, code)).toSorted(), [...holders].toSorted())
        for (const [place, entity] of page.entries()) {
          const balance = balancesOf(book, entity).scopes?.find(({ scope }) => scope === code)
          assert.equal(balance?.place, place)
          for (const unit of ['MIN', 'JPY'] as const) {
            const own = clearing.filter((line) => line.entity === postedEntity(entity, code) && line.scope === code && line.unit === unit)
            assert.equal(
              balance?.[unit],
              own.reduce((sum, { amount }) => sum + amount, 0),
            )
          }
        }
      }
    }),
    options,
  )
  assert(merged >= RUNS / 10, `mergers with balances happened ${merged} times`)
})

test('I18: what is read as somebody’s own balances by itself, is part of the pool line by line, and nobody else’s', () => {
  let read = 0
  fc.assert(
    fc.property(steps(STEPS), (plan) => {
      const { rows } = townOf(plan)
      const book = folded(rows)
      const own = people.flatMap((did) => ownLines(book, did))
      read += own.length
      nothingLeft(own, ({ scope, unit, effectiveDate }) => `${scope} ${unit} ${effectiveDate}`, 'own lines')
      const gone = mergersOf(book).map(({ from }) => from)
      nothingLeft(
        own.filter(({ account, scope }) => account === 1310 && gone.includes(scope)),
        ({ scope, unit }) => `${scope} ${unit}`,
        'of a town that is no more',
      )
      const taken = new Map<string, string>()
      for (const did of people)
        for (const { action, index } of mappedOf(book, did)) {
          assert.equal(taken.get(`${action}/${index}`), undefined, 'a receiver is one person')
          taken.set(`${action}/${index}`, did)
        }
      const pool = linesOf(book.transactions).filter(({ entity, receiver }) => entity.startsWith('X:') && receiver !== undefined)
      const rest = sumsBy(pool, keyOfLine)
      for (const [key, amount] of sumsBy(
        own.filter(({ receiver }) => receiver !== undefined),
        keyOfLine,
      )) {
        const whole = rest.get(key)
        assert(whole !== undefined, `${key} is a line of a pool`)
        assert(Math.abs(amount) <= sumOfSizes(pool, key), 'and no more than the pool has')
      }
    }),
    options,
  )
  assert(read > RUNS / 4, `${read} lines were read`)
})

const keyOfLine = ({ entity, scope, account, unit, effectiveDate }: OwnLine): string =>
  [entity, scope, account, unit, effectiveDate].join(' ')
const sumOfSizes = (lines: readonly OwnLine[], key: string): number =>
  lines.filter((line) => keyOfLine(line) === key).reduce((sum, { amount }) => sum + Math.abs(amount), 0)

const REGISTER = ['receiver']
const isOfRegister = ({ collection, value }: IntakeRow): boolean =>
  collection.endsWith('.entry') && REGISTER.includes(String(Object(value)['kind']))

test('without the register of receivers every posting is the same', () => {
  fc.assert(
    fc.property(steps(STEPS), (plan) => {
      const { rows } = townOf(plan)
      const postings = (kept: readonly IntakeRow[]): readonly (readonly Posting[])[] => folded(kept).transactions.map(({ lines }) => lines)
      assert.deepEqual(postings(rows.filter((row) => !isOfRegister(row))), postings(rows))
    }),
    options,
  )
})

test('I9: restarted at any rows, and with time advanced there, the books are the same to the byte', () => {
  fc.assert(
    fc.property(steps(STEPS), fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 }), (plan, cuts) => {
      const { rows } = townOf(plan)
      const keeper = new BookKeeper(threeTowns)
      for (let at = 0, turn = 0; at < rows.length; turn += 1) {
        const size = cuts[turn % cuts.length] ?? 1
        const part = rows.slice(at, at + size)
        keeper.fold(part, size, turn % 2 === 0 ? part.at(-1)?.recordedAt : undefined)
        at += size
      }
      keeper.advance(FAR)
      const plain = ({ documents, ...rest }: Book) => ({ ...rest, documents: [...documents].toSorted(([a], [b]) => (a < b ? -1 : 1)) })
      assert.deepEqual(plain(keeper.book()), plain(folded(rows)))
    }),
    options,
  )
})

/** Without memo: what is open is withdrawn by the erasure itself. */
const totalsOf = ({ transactions }: Book): readonly (readonly [string, number])[] =>
  [
    ...sumsBy(
      linesOf(transactions).filter(({ account }) => account < MEMO),
      ({ scope, account, unit, category, effectiveDate }) => [scope, account, unit, category, effectiveDate].join(' '),
    ),
  ].toSorted(([a], [b]) => (a < b ? -1 : 1))

const entitiesIn = ({ transactions }: Book): readonly string[] =>
  TOWNS.map(({ code }) => `${code} ${new Set(linesOf(transactions).flatMap((line) => (line.scope === code ? [line.entity] : []))).size}`)

test('I13: an erasure leaves every figure of every scope, and the number of those behind it; nothing names the person', () => {
  let erased = 0
  fc.assert(
    fc.property(steps(STEPS), (plan) => {
      const { rows } = townOf(plan)
      for (const { did, at } of departuresIn(rows)) {
        const before = rows.filter(({ recordedAt }) => Date.parse(recordedAt) < at)
        const keeper = new BookKeeper(threeTowns).fold(before, 9, new Date(at - 1).toISOString())
        // What moves or recognises at that very midnight changes figures of its own.
        const others = keeper.book().dues.filter(({ kind }) => kind === 'merger' || kind === 'residence')
        if (others.some((due) => Date.parse(due.at) === at)) continue
        const [totals, entities] = [totalsOf(keeper.book()), entitiesIn(keeper.book())]
        const isThere = JSON.stringify(keeper.book().transactions).includes(did)
        keeper.advance(new Date(at).toISOString())
        const book = keeper.book()
        assert.deepEqual(totalsOf(book), totals)
        assert.deepEqual(entitiesIn(book), entities)
        assert(!JSON.stringify([[...book.documents], book.transactions, book.refusals, book.dues]).includes(did))
        erased += isThere ? 1 : 0
      }
    }),
    options,
  )
  assert(erased > 0, 'somebody with entries is erased')
})

test('the random desks are alive: refusals and flags of each kind happen', () => {
  const codes = new Map<string, number>()
  const count = (code: string): void => void codes.set(code, (codes.get(code) ?? 0) + 1)
  fc.assert(
    fc.property(steps(STEPS), (plan) => {
      const book = folded(townOf(plan).rows)
      for (const { code } of book.refusals) count(code)
      for (const [key, text] of book.documents)
        if (key.startsWith('flags:')) for (const { code } of JSON.parse(text).flags) count(`flag ${code}`)
    }),
    options,
  )
  const wanted = [
    'action.day-full',
    'action.minutes-over-limit',
    'confirmation.same-household',
    'confirmation.own-card',
    'death.not-resident',
    'dispute.not-concerned',
    'import.repeated',
    'opening.control-mismatch',
    'opening.holder-not-resident',
    'receiver.action-unknown',
    'receiver.is-giver',
    'receiver.not-in-pool',
    'town.merged-already',
    'flag action.same-day',
    'flag action.day-full',
    'flag confirmation.same-household',
  ]
  assert.deepEqual(
    wanted.filter((code) => !codes.has(code)),
    [],
  )
})
