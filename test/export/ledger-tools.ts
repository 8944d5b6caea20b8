// Journals as hledger and Beancount read them: the texts checked by the programs themselves, and what they make of them account by account.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { parse } from 'csv-parse/sync'
import { addDays } from '../../appview/journal/calendar.ts'
import type { Transaction } from '../../appview/journal/model.ts'
import { beancountHead, beancountTransaction } from '../../appview/export/beancount.ts'
import { hledgerHead, hledgerTransaction } from '../../appview/export/hledger.ts'
import type { ExportedTransaction } from '../../appview/export/journal-rows.ts'
import { beanCheckPath, beanQueryPath, hledgerPath } from '../support/needs.ts'

export type Figures = Readonly<Record<string, number>>
export type Period = { readonly from: string; readonly through: string }

/** Account code → amount, without what is nought. */
const withoutNought = (figures: Iterable<readonly [string, number]>): Figures =>
  Object.fromEntries([...figures].filter(([, amount]) => amount !== 0).toSorted(([a], [b]) => (a < b ? -1 : 1)))

/** Figures of a statement as these programs have them: single accounts only, nought left out. */
export const accountsIn = (figures: Figures): Figures => withoutNought(Object.entries(figures).filter(([key]) => /^\d{4}$/.test(key)))

const exported = ({ leaf, action, rate, ...rest }: Transaction): ExportedTransaction => ({
  ...rest,
  ...(leaf === null ? {} : { leaf }),
  ...(action === null ? {} : { action }),
  ...(rate === null ? {} : { rate }),
})

/** The lines of one scope. */
export const inScope = (transactions: readonly Transaction[], scope: string): readonly ExportedTransaction[] =>
  transactions
    .map((one) => exported({ ...one, lines: one.lines.filter((line) => line.scope === scope) }))
    .filter(({ lines }) => lines.length > 0)

export const hledgerText = (transactions: readonly ExportedTransaction[]): string =>
  hledgerHead(['試験']) + transactions.map(hledgerTransaction).join('')

export const beancountText = (transactions: readonly ExportedTransaction[]): string =>
  beancountHead(['試験']) + transactions.map(beancountTransaction).join('')

const folder = (t: TestContext): string => {
  const dir = mkdtempSync(join(tmpdir(), 'waki-export-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

const run = (program: string | undefined, args: readonly string[]): string => {
  const { status, stdout, stderr } = spawnSync(program ?? '', args, {
    encoding: 'utf8',
    env: { ...process.env, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' },
  })
  assert.equal(status, 0, `${args.join(' ')}\n${stderr}${stdout}`)
  return stdout
}

const codeIn = (account: string): string => /:(\d{4})/.exec(account)?.[1] ?? ''

/** A journal in a file that `hledger check --strict` has passed. */
export const hledgerOf = (t: TestContext, text: string) => {
  const file = join(folder(t), 'waki.hledger')
  writeFileSync(file, text)
  run(hledgerPath, ['-f', file, 'check', '--strict'])
  const table = (command: string, unit: string, { from, through }: Partial<Period> & { through: string }, entity: string | null) => {
    const period = [...(from === undefined ? [] : ['-b', from]), '-e', addDays(through, 1)]
    const tag = entity === null ? [] : [`tag:entity=^${entity.replaceAll(/[.#/]/g, '\\$&')}$`]
    const answer = run(hledgerPath, ['-f', file, command, '-O', 'csv', '-N', ...period, `cur:${unit}`, ...tag])
    let side = ''
    return parse(answer, { relax_column_count: true }).flatMap(([name = '', amount = '']) => {
      if (/^(?:Revenues|Expenses|Assets|Liabilities)$/.test(name)) side = name
      return codeIn(name) === '' ? [] : [{ side, code: codeIn(name), amount: Number.parseInt(amount, 10) }]
    })
  }
  return {
    incomeStatement: (unit: string, period: Period, entity: string | null = null): Figures =>
      withoutNought(table('is', unit, period, entity).map(({ side, code, amount }) => [code, side === 'Expenses' ? -amount : amount])),
    balanceSheet: (unit: string, { through }: Period, entity: string | null = null): Figures =>
      withoutNought(
        table('bs', unit, { through }, entity).map(({ side, code, amount }) => [code, side === 'Liabilities' ? -amount : amount]),
      ),
  }
}

/** A journal in a file that bean-check has nothing to say about. */
export const beancountOf = (t: TestContext, text: string) => {
  const file = join(folder(t), 'waki.beancount')
  writeFileSync(file, text)
  assert.equal(run(beanCheckPath, [file]), '')
  const answer = run(beanQueryPath, [
    '-f',
    'csv',
    file,
    'SELECT account, currency, year(date) AS y, month(date) AS m, sum(number) AS n GROUP BY account, currency, y, m',
  ])
  const rows: string[][] = parse(answer, { from_line: 2, trim: true })
  /** Of whole months. Debit +, credit −. */
  return (unit: string, { from = '', through }: Partial<Period> & { through: string }): Figures => {
    const sums = new Map<string, number>()
    for (const [account = '', currency, year = '', month = '', amount = ''] of rows) {
      const day = `${year}-${month.padStart(2, '0')}-01`
      if (currency !== unit || day < from || day > through) continue
      sums.set(codeIn(account), (sums.get(codeIn(account)) ?? 0) + Number.parseInt(amount, 10))
    }
    return withoutNought(sums)
  }
}
