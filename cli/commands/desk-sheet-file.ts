// A stamp sheet's list as a file: JSON as the desk takes it, or a table with a header line and one person a line, CSV or cells between tabs: did, resident
// or card; where they differ from the sheet's, minutes and category; absent (1); label and note, which stay private.

import { parse } from 'csv-parse/sync'
import { readFileSync } from 'node:fs'
import { didYouMean } from '../../lexicons/nearest.ts'
import { CommandRefused } from '../command.ts'
import type { Fields } from '../network/desk-call.ts'

const WHO = ['did', 'resident', 'card'] as const
const COLUMNS: readonly string[] = [...WHO, 'minutes', 'category', 'absent', 'label', 'note']
const UTF16_MARK = '\u00ff\u00fe'

/** UTF-8; UTF-16 where it begins with its mark; or else what Japanese spreadsheets write: CP932, said aloud. */
export const readText = (path: string): string => {
  try {
    const bytes = readFileSync(path)
    if (bytes.toString('latin1', 0, UTF16_MARK.length) === UTF16_MARK) return new TextDecoder('utf-16le').decode(bytes)
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    } catch {
      process.stderr.write(`${path} is not UTF-8; it is read as CP932 (Shift_JIS)\n`)
      return new TextDecoder('shift_jis').decode(bytes)
    }
  } catch (error) {
    throw new CommandRefused(`${path} cannot be read (${error instanceof Error ? error.message : String(error)})`)
  }
}

export const readObject = (path: string): Fields => {
  try {
    const value: unknown = JSON.parse(readText(path))
    if (typeof value === 'object' && value !== null) return { ...value }
  } catch (error) {
    if (error instanceof CommandRefused) throw error
  }
  throw new CommandRefused(`${path} is no JSON object`)
}

export const readRows = (path: string): readonly Fields[] => {
  try {
    const text = readText(path)
    const delimiter = /^[^\r\n]*\t/.test(text) ? '\t' : ','
    const lines: readonly Readonly<Record<string, string>>[] = parse(text, {
      bom: true,
      columns: (heads: readonly string[]) => [...headsOf(heads, path)],
      delimiter,
      trim: delimiter === ',',
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
    })
    return lines.map(rowOf)
  } catch (error) {
    if (error instanceof CommandRefused) throw error
    throw new CommandRefused(`${path} cannot be read as CSV (${error instanceof Error ? error.message : String(error)})`)
  }
}

/** In any capitals. Throws CommandRefused, with every head that is not known and what may be meant by it. */
const headsOf = (heads: readonly string[], path: string): readonly string[] => {
  const names = heads.map((head) => head.normalize('NFKC').trim().toLowerCase())
  const unknown = names.filter((name) => !COLUMNS.includes(name)).map((name) => didYouMean(name, COLUMNS))
  if (unknown.length > 0)
    throw new CommandRefused(`${path} has columns that are not known: ${unknown.join(', ')}. They are ${COLUMNS.join(', ')}`)
  return names
}

const rowOf = (cells: Readonly<Record<string, string>>): Fields => {
  const text = (name: string): string => cells[name]?.trim() ?? ''
  const kind = WHO.find((name) => text(name) !== '')
  const cell = (name: string): Fields => (text(name) === '' ? {} : { [name]: text(name) })
  const minutes = text('minutes')
  return {
    who: kind === undefined ? { resident: '' } : { [kind]: text(kind) },
    ...cell('label'),
    ...cell('category'),
    ...cell('note'),
    ...(minutes === '' ? {} : { minutes: /^\d{1,6}$/.test(minutes) ? Number(minutes) : 0 }),
    ...(text('absent') === '1' ? { isAbsent: true } : {}),
  }
}
