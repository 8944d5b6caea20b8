// The journal for hledger (https://hledger.org/hledger.html#journal): one transaction for each entry, entity and scope, with tags to ask by.

import { chart } from '../journal/chart.ts'
import type { AccountType } from '../journal/chart.ts'
import { accountNames, commodityOf, ledgerEntries, type LedgerEntry } from './ledger-accounts.ts'
import type { ExportedTransaction } from './journal-rows.ts'
import { kindName } from './transaction-kinds.ts'

/** Not of a type that balance sheets and income statements take up. */
const names = accountNames('対照')
const types: Readonly<Record<AccountType, string | null>> = {
  asset: 'A',
  liability: 'L',
  netAssets: 'E',
  revenue: 'R',
  expense: 'X',
  memo: null,
}
const REFERENCE_TAG = '参考'

const quoted = (commodity: string): string => (/^[A-Z]+$/.test(commodity) ? commodity : `"${commodity}"`)

/** Everything before the first transaction. `title`: whose journal, of which period, known when. */
export const hledgerHead = (title: readonly string[]): string => {
  const accounts = chart.map(
    ({ code, type }) => `account ${names.get(code) ?? code}${types[type] === null ? '' : `  ; type: ${types[type]}`}\n`,
  )
  const commodities = (['MIN', 'PT', 'JPY'] as const).map((unit) => `commodity 1000. ${quoted(commodityOf(unit))}\n`)
  return `${title.map((line) => `; ${oneLine(line)}\n`).join('')}\n${commodities.join('')}\n${accounts.join('')}`
}

export const hledgerTransaction = (transaction: ExportedTransaction): string =>
  ledgerEntries(transaction)
    .map((entry) => entryText(transaction, entry))
    .join('')

const entryText = (
  { id, kind, recordedAt, leaf, action }: ExportedTransaction,
  { date, entity, scope, isReference, lines }: LedgerEntry,
): string => {
  const tags = [
    ['entity', entity],
    ['scope', scope],
    ['recorded', recordedAt === '' ? null : recordedAt],
    ['leaf', leaf === undefined ? null : String(leaf)],
    ['action', action ?? null],
    [REFERENCE_TAG, isReference ? '円' : null],
  ].flatMap(([name, value]) => (value === null || value === undefined ? [] : [`    ; ${name}: ${tagValue(value)}\n`]))
  const postings = lines.map(
    ({ account, amount, unit, category }) =>
      `    ${names.get(account) ?? account}  ${amount} ${quoted(commodityOf(unit))}${category === undefined ? '' : `  ; category: ${category}`}\n`,
  )
  return `\n${date} * (${id.replaceAll(/[()]/g, '')}) ${kindName(kind).ja}\n${tags.join('')}${postings.join('')}`
}

const oneLine = (text: string): string => text.replaceAll(/[\r\n]+/g, ' ')
/** A value ends at a comma. */
const tagValue = (text: string): string => oneLine(text).replaceAll(',', ' ')
