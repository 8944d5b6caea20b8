// Entries of a journal as rows of a table, one per line of an entry, debit and credit apart.

import type { Posting } from '../journal/model.ts'
import { accountOf } from '../journal/chart.ts'
import { categories } from '../journal/categories.ts'
import type { TrialBalanceRow } from '../statements/trial-balance.ts'
import type { Cell } from './csv.ts'
import { unitNames } from './statement-rows.ts'
import { kindName } from './transaction-kinds.ts'

/** An entry as whoever asked may see it: lines of others, and what was withdrawn, are not in it. */
export type ExportedTransaction = {
  readonly id: string
  readonly effectiveDate: string
  readonly recordedAt: string
  readonly leaf?: number
  readonly kind: string
  readonly sources: readonly string[]
  readonly action?: string
  readonly rate?: string
  readonly lines: readonly Posting[]
}

export const JOURNAL_COLUMNS = [
  '取引番号',
  '日付',
  '記録日時',
  '葉',
  '種類',
  '全国地方公共団体コード',
  '主体',
  '科目番号',
  '科目名',
  'Account',
  '分類',
  '単位',
  '借方',
  '貸方',
  '行動',
  '単価表',
] as const

export const journalRows = ({
  id,
  effectiveDate,
  recordedAt,
  leaf,
  kind,
  action,
  rate,
  lines,
}: ExportedTransaction): readonly (readonly Cell[])[] =>
  lines.map((line) => [
    id,
    line.effectiveDate ?? effectiveDate,
    recordedAt,
    leaf ?? null,
    kindName(kind).ja,
    line.scope,
    line.entity,
    String(line.account),
    accountOf(line.account)?.ja ?? '',
    accountOf(line.account)?.en ?? '',
    categories.find(({ code }) => code === line.category)?.ja ?? line.category ?? '',
    unitNames[line.unit],
    line.amount > 0 ? line.amount : null,
    line.amount < 0 ? -line.amount : null,
    action ?? '',
    rate ?? '',
  ])

export const TRIAL_BALANCE_COLUMNS = [
  '全国地方公共団体コード',
  '主体',
  '現在',
  '科目番号',
  '科目名',
  'Account',
  '単位',
  '借方',
  '貸方',
] as const

export type TrialBalanceSource = {
  readonly scope: string
  readonly entity?: string
  readonly on: string
  readonly rows: readonly TrialBalanceRow[]
}

export const trialBalanceRows = ({ scope, entity = '', on, rows }: TrialBalanceSource): readonly (readonly Cell[])[] =>
  rows.map(({ account, names, unit, debit, credit }) => [
    scope,
    entity,
    on,
    String(account),
    names.ja,
    names.en,
    unitNames[unit],
    debit,
    credit,
  ])
