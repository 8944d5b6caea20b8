// What was given in one municipality and received in the same or another: the part of the store contract that consolidation is made of.

import type { Unit } from '../journal/model.ts'
import type { Position } from './store.ts'

/** Received on one account (5110, 5130, 5190) in one scope of what was given in another, added up; never 0. Debit +, credit −. */
export type Flow = {
  readonly giverScope: string
  readonly receiverScope: string
  readonly account: number
  readonly unit: Unit
  readonly amount: number
}

/** Whole months: `from` is the first of one, `through` the last day of one. */
export type FlowQuery = {
  readonly scopes: readonly string[]
  readonly from: string
  readonly through: string
  readonly knownAt?: Position
}

/** The same of all scopes, person by person: who stands behind a flow. `giver` and `receiver` are entities, `category` that of the acts. */
export type FlowPair = {
  readonly giverScope: string
  readonly receiverScope: string
  readonly account: number
  readonly category: string
  readonly giver: string
  readonly receiver: string
  readonly minutes: number
  readonly yen: number
}

export type FlowPairQuery = Omit<FlowQuery, 'scopes'>

export type Flows = {
  /** Every flow out of or into one of these scopes. From buckets: the time it takes does not grow with what happened in other periods. */
  flows(query: FlowQuery): Promise<readonly Flow[]>
  flowPairs(query: FlowPairQuery): Promise<readonly FlowPair[]>
}
