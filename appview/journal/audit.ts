// Checks a journal against its invariants (bookkeeping.md 4.9), from the transactions alone: I1, I2, I3, I6, I10, I14, I15, and whole amounts.
// Promise: an empty list means every one of them holds; each problem names the invariant, the transaction and what was found.

import { accountOf, CLEARING, RESIDENTS_CONTRIBUTION } from './chart.ts'
import type { Posting, Transaction } from './model.ts'
import { compareBytes } from './units.ts'

export type JournalProblem = { readonly invariant: string; readonly where: string; readonly what: string }

export const auditTransactions = (transactions: readonly Transaction[]): readonly JournalProblem[] => [
  ...repeatedIds(transactions),
  ...transactions.flatMap(auditTransaction),
  ...auditDates(transactions),
]

/** I14: nothing is booked twice. */
const repeatedIds = (transactions: readonly Transaction[]): readonly JournalProblem[] => {
  const seen = new Set<string>()
  return transactions.flatMap(({ id }) => {
    if (!seen.has(id)) {
      seen.add(id)
      return []
    }
    return [{ invariant: 'I14', where: id, what: 'the id stands twice' }]
  })
}

const auditTransaction = (transaction: Transaction): readonly JournalProblem[] => {
  const problems = transaction.lines.flatMap((line) => auditLine(transaction, line))
  const sums = new Map<string, number>()
  for (const line of transaction.lines) {
    const book = accountOf(line.account)?.type === 'memo' ? 'memo' : 'books'
    add(sums, [line.effectiveDate ?? transaction.effectiveDate, line.entity, line.scope, line.unit, book].join(' '), line.amount)
  }
  for (const [key, sum] of sums) if (sum !== 0) problems.push({ invariant: 'I1', where: transaction.id, what: `${key} sums to ${sum}` })
  if (transaction.lines.length === 0) problems.push({ invariant: 'I1', where: transaction.id, what: 'it has no lines' })
  return problems
}

const auditLine = (transaction: Transaction, line: Posting): JournalProblem[] => {
  const account = accountOf(line.account)
  const where = transaction.id
  if (account === undefined) return [{ invariant: 'I15', where, what: `account ${line.account} is not in the chart` }]
  const problems: JournalProblem[] = []
  if (!account.units.includes(line.unit)) problems.push({ invariant: 'I15', where, what: `${line.unit} on account ${line.account}` })
  if (!Number.isSafeInteger(line.amount) || line.amount === 0) problems.push({ invariant: 'I1', where, what: `amount ${line.amount}` })
  const isMemo = ['claim', 'memo-release', 'claim-lapse'].includes(transaction.kind)
  if (isMemo !== (account.type === 'memo'))
    problems.push({ invariant: 'I10', where, what: `account ${line.account} in a ${transaction.kind}` })
  return problems
}

/** At the end of every effective date: I2 each unit sums to 0, I3 so does each entity in each scope, I6 Σ1310 + Σ3420 = 0 and given = received. */
const auditDates = (transactions: readonly Transaction[]): readonly JournalProblem[] => {
  const byDate = new Map<string, Posting[]>()
  for (const transaction of transactions)
    for (const line of transaction.lines) {
      const date = line.effectiveDate ?? transaction.effectiveDate
      const own = byDate.get(date)
      if (own === undefined) byDate.set(date, [line])
      else own.push(line)
    }
  const sums = new Map<string, number>()
  const problems: JournalProblem[] = []
  for (const [date, lines] of [...byDate].toSorted(([a], [b]) => compareBytes(a, b))) {
    const touched = new Set<string>()
    for (const line of lines) for (const key of totalsOf(line)) touched.add(add(sums, key, line.amount))
    for (const key of touched) {
      const sum = sums.get(key)
      if (sum !== 0) problems.push({ invariant: key.slice(0, 2), where: date, what: `${key} is ${sum}` })
    }
  }
  return problems
}

const totalsOf = ({ entity, scope, account, unit }: Posting): readonly string[] => {
  const type = accountOf(account)?.type
  if (type === 'memo') return [`I2 memo ${unit}`]
  return [
    `I2 ${unit}`,
    `I3 ${entity} ${scope} ${unit}`,
    ...(account === CLEARING || account === RESIDENTS_CONTRIBUTION ? [`I6 clearing ${unit}`] : []),
    ...(type === 'revenue' || type === 'expense' ? [`I6 given and received ${unit}`] : []),
  ]
}

const add = (sums: Map<string, number>, key: string, amount: number): string => {
  sums.set(key, (sums.get(key) ?? 0) + amount)
  return key
}
