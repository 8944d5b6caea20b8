// What is exported of one period: statements, worksheets, notes, and where to check them. Made by whoever asked the books; exporters add nothing to it.

import type { LayoutSheet } from '../statements/layout.ts'
import type { KnownAt, Statement } from '../statements/statement.ts'
import type { Hidden } from '../statements/published.ts'
import type { Words } from '../statements/words.ts'

export type { Words } from '../statements/words.ts'

/**
 * `hash` is that of the statement's canonical JSON; null where it stands in one file with the part before it. `sheets`: those it has, all where nothing is
 * said. `of`: what was added up in it.
 */
export type SetPart = {
  readonly statement: Statement | Hidden
  readonly hash: string | null
  readonly sheets?: readonly LayoutSheet['id'][]
  readonly of?: Words
}

export type SetNote = { readonly title: Words; readonly text: Words; readonly source?: string }

export type WorksheetRow = {
  readonly name: Words
  readonly account?: number
  readonly style: 'h' | 'l1' | 'l2' | 'sum' | 'end'
  readonly simple: number | null
  readonly eliminated: number | null
  readonly net: number | null
}

/** 精算表: sums of a whole, what cancels within it, what remains. */
export type Worksheet = {
  readonly unit: 'MIN' | 'JPY' | 'PT'
  readonly title: Words
  readonly tail: Words | null
  readonly rows: readonly WorksheetRow[]
}

export type StatementSet = {
  /** 全国地方公共団体コード, a string: its zeros count; empty for all municipalities together. */
  readonly code: string
  /** Name of the municipality, or of the prefecture. */
  readonly town: Words
  /** Whose statements: the municipality, or a person's handle. */
  readonly who: Words
  /** 令和8年度（…）. */
  readonly periodName: Words
  readonly period: { readonly fiscalYear?: number; readonly from: string; readonly through: string }
  /** 年度の記録, 第1版・公表済み, 速報・未監査. */
  readonly state: Words
  readonly knownAt: KnownAt
  /** The books hold sample data. */
  readonly isSample: boolean
  /** The first one is whose name the set bears; a town's second one is its whole area. */
  readonly parts: readonly SetPart[]
  /** Whether reference yen stand beside minutes. */
  readonly yen: boolean
  readonly worksheets: readonly Worksheet[]
  readonly notes: readonly SetNote[]
  /** Where the statement can be looked up; `uri` of its signed record, once there is one. */
  readonly proof: { readonly url: string; readonly uri: string | null }
}
