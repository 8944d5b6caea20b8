// Flows and eliminations straight from transactions, as slowly as can be: what a store's buckets, and consolidation from them, must agree with.

import type { Posting, Transaction } from '../../appview/journal/model.ts'
import type { Flow, FlowPair } from '../../appview/store/flows.ts'
import { isKnown, type Cut } from './sums.ts'

export type FlowCut = Required<Pick<Cut, 'from' | 'through' | 'knownAt'>>
export const END: Cut['knownAt'] = { leaf: 10_000, instant: '2030-01-01T00:00:00.000Z' }
const GIVEN = [4110, 4190]
const RECEIVED = [5110, 5130, 5190]

const linesIn = (transaction: Transaction, { from, through, knownAt }: FlowCut): readonly Posting[] =>
  isKnown(transaction, knownAt)
    ? transaction.lines.filter(({ effectiveDate = transaction.effectiveDate }) => effectiveDate >= from && effectiveDate <= through)
    : []

export const pairsOf = (transactions: readonly Transaction[], cut: FlowCut): FlowPair[] =>
  transactions.flatMap((transaction) => {
    const lines = linesIn(transaction, cut)
    const given = transaction.lines.find(({ account }) => GIVEN.includes(account))
    return lines
      .filter(({ account }) => given !== undefined && RECEIVED.includes(account))
      .map(({ entity, scope, account, unit, amount, category = '' }) => ({
        giverScope: given?.scope ?? '',
        receiverScope: scope,
        account,
        category,
        giver: given?.entity ?? '',
        receiver: entity,
        minutes: unit === 'MIN' ? amount : 0,
        yen: unit === 'JPY' ? amount : 0,
      }))
  })

/** In a fixed order, without those that come to 0. */
export const flowsOf = (transactions: readonly Transaction[], cut: FlowCut): Flow[] => {
  const sums = new Map<string, Flow>()
  for (const { giverScope, receiverScope, account, minutes, yen } of pairsOf(transactions, cut))
    for (const unit of ['MIN', 'JPY'] as const) {
      const key = [giverScope, receiverScope, account, unit].join(' ')
      const amount = (sums.get(key)?.amount ?? 0) + (unit === 'MIN' ? minutes : yen)
      sums.set(key, { giverScope, receiverScope, account, unit, amount })
    }
  return [...sums.values()].filter(({ amount }) => amount !== 0).toSorted(flowOrder)
}

export const flowOrder = (a: Flow, b: Flow): number => (nameOf(a) < nameOf(b) ? -1 : 1)
const nameOf = ({ giverScope, receiverScope, account, unit }: Flow): string => [giverScope, receiverScope, account, unit].join(' ')

/** Action by action the lesser of what was given in the set and what was received in it; `prior`: of what is booked to earlier years. */
export const eliminatedIn = (
  transactions: readonly Transaction[],
  cut: FlowCut,
  { members, unit, prior }: { readonly members: readonly string[]; readonly unit: 'MIN' | 'JPY'; readonly prior: boolean },
): number =>
  transactions.reduce((total, transaction) => {
    const own = linesIn(transaction, cut).filter((line) => line.unit === unit && members.includes(line.scope))
    const sum = (accounts: readonly number[]): number =>
      own.filter(({ account }) => accounts.includes(account)).reduce((amount, line) => amount + line.amount, 0)
    const given = 0 - sum(prior ? [4190] : [4110])
    const received = sum(prior ? [5190] : [5110, 5130])
    return total + Math.sign(given) * Math.min(Math.abs(given), Math.abs(received))
  }, 0)
