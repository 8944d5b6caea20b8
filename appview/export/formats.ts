// What can be exported in which form. A format is also the end of a file's name.

import { ExportRefused } from './refusals.ts'

export type ExportKind = 'statement' | 'journal' | 'trial-balance'
export type ExportFormat = 'csv' | 'xlsx' | 'pdf' | 'json' | 'hledger' | 'beancount'
export type TextEncoding = 'utf-8' | 'cp932'
export type ExportForm = { readonly kind: ExportKind; readonly format: ExportFormat; readonly encoding: TextEncoding }

const formats: Readonly<Record<ExportKind, readonly ExportFormat[]>> = {
  statement: ['csv', 'xlsx', 'pdf', 'json'],
  journal: ['csv', 'hledger', 'beancount'],
  'trial-balance': ['csv'],
}

const types: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  pdf: 'application/pdf',
  json: 'application/json; charset=utf-8',
  hledger: 'text/plain; charset=utf-8',
  beancount: 'text/plain; charset=utf-8',
}

const CP932_NAMES = ['cp932', 'shift_jis', 'shift-jis', 'sjis', 'windows-31j']

/** Throws ExportRefused. Absent encoding: utf-8. */
export const parseForm = (kind: string, format: string, encoding = 'utf-8'): ExportForm => {
  const found = parseKind(kind)
  const known = formats[found].find((one) => one === format.toLowerCase())
  if (known === undefined) throw new ExportRefused('export.unknown-format')
  const name = encoding.toLowerCase()
  if (name === 'utf-8' || name === 'utf8') return { kind: found, format: known, encoding: 'utf-8' }
  if (!CP932_NAMES.includes(name) || known !== 'csv') throw new ExportRefused('export.unknown-encoding')
  return { kind: found, format: known, encoding: 'cp932' }
}

const parseKind = (kind: string): ExportKind => {
  if (kind === 'statement' || kind === 'journal' || kind === 'trial-balance') return kind
  throw new ExportRefused('export.unknown-kind')
}

/** For the head of an answer. Windows-31J is what registries call CP932. */
export const contentTypeOf = ({ format, encoding }: ExportForm): string =>
  format === 'csv' ? `${types.csv}; charset=${encoding === 'cp932' ? 'windows-31j' : 'utf-8'}` : types[format]
