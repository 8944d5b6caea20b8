// The journal for Beancount (https://beancount.github.io/docs/beancount_language_syntax.html): one transaction for each entry, entity and scope.

import { chart } from '../journal/chart.ts'
import { accountNames, commodityOf, ledgerEntries, ledgerRoots, type LedgerEntry } from './ledger-accounts.ts'
import type { ExportedTransaction } from './journal-rows.ts'
import { kindName } from './transaction-kinds.ts'

/** Before anything that can be in a journal. */
const OPENED = '2000-01-01'
/** Its five roots are all there is: memo accounts stand with net assets, where the two of them are nought. */
const names = accountNames(ledgerRoots.netAssets)
const REFERENCE_TAG = 'reference-yen'

/** `title`: whose journal, of which period, known when. */
export const beancountHead = (title: readonly string[]): string => {
  const options = [
    ['title', title[0] ?? ''],
    ['name_assets', ledgerRoots.asset],
    ['name_liabilities', ledgerRoots.liability],
    ['name_equity', ledgerRoots.netAssets],
    ['name_income', ledgerRoots.revenue],
    ['name_expenses', ledgerRoots.expense],
  ].map(([name = '', value = '']) => `option ${quoted(name)} ${quoted(value)}\n`)
  const commodities = (['MIN', 'PT', 'JPY'] as const).map((unit) => `${OPENED} commodity ${commodityOf(unit)}\n`)
  const accounts = chart.map(({ code, units }) => `${OPENED} open ${names.get(code) ?? code} ${units.map(commodityOf).join(',')}\n`)
  const lines = title.map((line) => `; ${line.replaceAll(/[\r\n]+/g, ' ')}\n`)
  return `${lines.join('')}\n${options.join('')}\n${commodities.join('')}\n${accounts.join('')}`
}

export const beancountTransaction = (transaction: ExportedTransaction): string =>
  ledgerEntries(transaction)
    .map((entry) => entryText(transaction, entry))
    .join('')

const entryText = (
  { id, kind, recordedAt, leaf, action }: ExportedTransaction,
  { date, entity, scope, isReference, lines }: LedgerEntry,
): string => {
  const facts = [
    ['id', quoted(id)],
    ['entity', quoted(entity)],
    ['scope', quoted(scope)],
    ['recorded', recordedAt === '' ? null : quoted(recordedAt)],
    ['leaf', leaf === undefined ? null : String(leaf)],
    ['action', action === undefined ? null : quoted(action)],
  ].flatMap(([name, value]) => (value === null || value === undefined ? [] : [`  ${name}: ${value}\n`]))
  const postings = lines.map(
    ({ account, amount, unit, category }) =>
      `  ${names.get(account) ?? account}  ${amount} ${commodityOf(unit)}\n${category === undefined ? '' : `    category: ${quoted(category)}\n`}`,
  )
  return `\n${date} * ${quoted(kindName(kind).ja)}${isReference ? ` #${REFERENCE_TAG}` : ''}\n${facts.join('')}${postings.join('')}`
}

const quoted = (text: string): string =>
  `"${text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll(/[\r\n]+/g, ' ')}"`
