// Statements as plain text, for approval: what stands in test/statements/approved/*.txt is what people have read and found right.
// With WAKI_APPROVE=1 in the environment of a test run the files are written anew, to be read in the diff.

import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { canonicalHash } from '../../appview/statements/canonical-json.ts'
import { layoutOf, type LayoutRow, type LayoutSheet } from '../../appview/statements/layout.ts'
import type { Statement } from '../../appview/statements/statement.ts'
import { TITLE } from '../../appview/statements/words.ts'

const NAME_WIDTH = 46
const FIGURE_WIDTH = 12
const INDENT = { h: '', l1: '  ', l2: '    ', sum: '', end: '' } as const

const widthOf = (text: string): number => Array.from(text).reduce((width, char) => width + ((char.codePointAt(0) ?? 0) > 0x2e7f ? 2 : 1), 0)
const padded = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)))
const figure = (amount: number | null): string => (amount === null ? '' : amount < 0 ? `△${-amount}` : String(amount))

const rowText = ({ name, account, style, figures }: LayoutRow): string => {
  const cells = figures.map((amount) => figure(amount).padStart(FIGURE_WIDTH)).join('')
  const rule = style === 'sum' ? '-' : style === 'end' ? '=' : ''
  const line = `${padded(`${INDENT[style]}${name.ja}`, NAME_WIDTH)}${String(account ?? '').padStart(5)}${cells}`
  return `${rule === '' ? '' : `${rule.repeat(NAME_WIDTH + 5 + FIGURE_WIDTH * figures.length)}\n`}${line.trimEnd()}\n`
}

const sheetText = ({ title, columns, tables }: LayoutSheet): string => {
  const head = columns.map((unit) => (unit === 'MIN' ? '分' : '参考円').padStart(FIGURE_WIDTH - (unit === 'MIN' ? 1 : 3))).join('')
  return `\n${title.ja} / ${title.en}\n${padded('', NAME_WIDTH + 5)}${head}\n${tables.map((rows) => rows.map(rowText).join('')).join('\n')}`
}

export const statementText = (statement: Statement): string => {
  const { entity, scope, kind, period, knownAt, notes } = statement
  const heading = [
    TITLE.ja,
    `entity ${entity ?? '(all of the area)'} · scope ${scope} · ${kind}`,
    `period ${period.from} – ${period.through} · known at leaf ${knownAt.leaf}, ${knownAt.instant}`,
    `sha-256 ${canonicalHash(statement)}`,
  ]
  const notesText = Object.entries(notes)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `  ${name} ${value}\n`)
    .join('')
  return `${heading.join('\n')}\n${layoutOf(statement, { yen: true }).map(sheetText).join('')}\n注記 / Notes\n${notesText}`
}

export const assertApproved = (name: string, text: string): void => {
  const file = join(import.meta.dirname, 'approved', `${name}.txt`)
  if (process.env['WAKI_APPROVE'] === '1') writeFileSync(file, text)
  assert(existsSync(file), `${name}.txt has not been approved yet`)
  assert.equal(text, readFileSync(file, 'utf8'))
}
