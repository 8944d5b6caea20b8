// The worked examples as data, and their inputs as rows of intake. Reading them here is the one place where their shape is taken on trust.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { IntakeRow, Json, Roster } from '../../appview/journal/model.ts'

export type FixtureInput = {
  readonly leaf: number
  readonly recordedAt: string
  readonly source: 'record' | 'entry' | 'account'
  readonly op?: 'create' | 'update' | 'delete'
  readonly repo: string
  readonly collection?: string
  readonly uri?: string
  readonly cid?: string | null
  readonly value?: Json
  readonly payload?: Json
  readonly status?: string
}
export type FixtureLine = {
  readonly e: string
  readonly s: string
  readonly a: number
  readonly u: string
  readonly amt: number
  readonly eff?: string
  readonly cat?: string
  readonly rcv?: number
}
export type FixtureTransaction = {
  readonly id: string
  readonly eff: string
  readonly recordedAt: string
  readonly leaf: number | null
  readonly kind: string
  readonly sources: readonly string[]
  readonly action?: string
  readonly rate?: string
  readonly lines: readonly FixtureLine[]
}
type Figures = { readonly PL: Record<string, number>; readonly BS: Record<string, number>; readonly NA: Record<string, number> }
export type FixtureStatement = {
  readonly entity: string | null
  readonly scope: string
  readonly period: { readonly fiscalYear: number; readonly from: string; readonly through: string }
  readonly knownAt: { readonly instant: string; readonly leaf: number }
  readonly MIN: Figures
  readonly JPY: Figures
  readonly notes: { readonly unconfirmedMinutes: number; readonly openDisputes: number; readonly disputedMinutesGiven: number }
}
export type FixtureExample = {
  readonly id: string
  readonly world: string
  readonly through: string
  readonly inputs: readonly FixtureInput[]
  readonly transactions: readonly FixtureTransaction[]
  readonly refused: readonly { readonly leaf: number; readonly code: string }[]
  readonly statements?: readonly FixtureStatement[]
  readonly scopes?: readonly FixtureStatement[]
}
type Fixture = {
  readonly entities: Record<string, { readonly did?: string; readonly key: string; readonly kind: string }>
  readonly examples: readonly FixtureExample[]
  readonly statements: readonly FixtureStatement[]
  readonly scopes: readonly FixtureStatement[]
  readonly consolidation: {
    readonly period: { readonly fiscalYear: number; readonly from: string; readonly through: string }
    readonly scopes: Record<string, Record<'MIN' | 'JPY', { readonly given: object; readonly received: object; readonly clearing: number }>>
  }
  readonly ownStatements: readonly (Pick<FixtureStatement, 'scope' | 'period' | 'knownAt'> & {
    readonly entity: string
    readonly MIN: Pick<Figures, 'PL'>
  })[]
}

export const fixture: Fixture = JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures/bookkeeping.json'), 'utf8'))

export const ORIGIN = 'demo/examples'

export const instant = (text: string): string => new Date(text).toISOString()

export const keyOfEntity = (label: string): string => fixture.entities[label]?.key ?? label

export const roster: Roster = Object.entries(fixture.entities)
  .filter(([, { kind }]) => kind === 'municipality')
  .map(([label, { did }]) => ({ code: label.slice(2), did: did ?? '', fromLeaf: 0 }))

/** E0–E13 are one world; every later example is one of its own. */
export const examplesOf = (world: string): readonly FixtureExample[] =>
  fixture.examples.filter((example) => example.world === world && example.id !== 'E22b')

export const rowsOf = (world: string): readonly IntakeRow[] =>
  examplesOf(world)
    .flatMap(({ inputs }) => inputs)
    .toSorted((a, b) => a.leaf - b.leaf)
    .map(rowOf)

/** What E22b adds to the town's world: A's account is deleted. */
export const farewellOfA = (): readonly IntakeRow[] =>
  fixture.examples.flatMap(({ id, inputs }) => (id === 'E22b' ? inputs.map(rowOf) : []))

const rowOf = (input: FixtureInput): IntakeRow => {
  const uri = input.uri ?? `at://${input.repo}`
  return {
    origin: ORIGIN,
    leaf: input.leaf,
    op: 0,
    recordedAt: instant(input.recordedAt),
    source: input.source === 'account' ? 'account' : 'record',
    action: input.op ?? 'update',
    repo: input.repo,
    collection: input.collection ?? '',
    rkey: uri.split('/')[4] ?? '',
    uri,
    cid: input.cid ?? null,
    value: input.value ?? null,
    ...(input.payload === undefined ? {} : { payload: input.payload }),
    ...(input.source === 'account' ? { account: { active: false, status: input.status ?? null } } : {}),
  }
}
