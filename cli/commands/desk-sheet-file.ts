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

/** Lines that are left out, by where they begin in the file, the head being 1. */
export type LineFault = { readonly line: number; readonly said: string }
export type Rows = { readonly rows: readonly Fields[]; readonly faults: readonly LineFault[] }

/** A line that cannot be read holds up no other. Throws CommandRefused for a file that is no table, or whose heads are not known. */
export const readRows = (path: string): Rows => {
  const text = readText(path).replaceAll('\r\n', '\n')
  const delimiter = /^[^\n]*\t/.test(text) ? '\t' : ','
  const [heads, ...lines] = linesOf(text, delimiter, path)
  if (heads === undefined) throw new CommandRefused(`${path} is empty`)
  const names = headsOf(heads.cells, path)
  const rows: Fields[] = []
  const faults: LineFault[] = []
  for (const { line, cells } of lines) {
    const byName = new Map(names.map((name, index) => [name, cells[index]?.trim() ?? '']))
    const said = cells.length === names.length ? faultOf(byName) : COLUMNS_WRONG
    if (said === undefined) rows.push(rowOf(byName))
    else faults.push({ line, said })
  }
  return { rows, faults }
}

type Line = { readonly line: number; readonly cells: readonly string[] }

const linesOf = (text: string, delimiter: string, path: string): readonly Line[] => {
  const lines: Line[] = []
  try {
    parse(text, {
      bom: true,
      delimiter,
      trim: delimiter === ',',
      relax_column_count: true,
      // A quote within a cell that does not begin with one is a character like others.
      relax_quotes: true,
      skip_empty_lines: true,
      on_record: (cells: readonly string[], { lines: last }) => {
        const breaks = cells.reduce((sum, cell) => sum + (cell.match(/\n/g)?.length ?? 0), 0)
        if (cells.some((cell) => cell.trim() !== '')) lines.push({ line: last - breaks, cells })
        return null
      },
    })
  } catch (error) {
    throw new CommandRefused(`${path} cannot be read as CSV (${error instanceof Error ? error.message : String(error)})`)
  }
  return lines
}

const COLUMNS_WRONG = 'line.columns-wrong The number of columns is not that of the header. 列の数が見出しと違います。'
const ABSENT: ReadonlySet<string> = new Set(['1', 'true', 'yes', 'absent', '欠席', '欠'])
const PRESENT: ReadonlySet<string> = new Set(['', '0', 'false', 'no', 'present', '出席'])

type Cells = ReadonlyMap<string, string>

const absenceIn = (cells: Cells): string => (cells.get('absent') ?? '').normalize('NFKC').toLowerCase()

const faultOf = (cells: Cells): string | undefined => {
  const absence = absenceIn(cells)
  if (!ABSENT.has(absence) && !PRESENT.has(absence))
    return `line.absence-unreadable Absent or not: 1 or nothing. 欠席かどうかを読み取れません。1か空にしてください。 (${absence})`
  const named = WHO.filter((name) => (cells.get(name) ?? '') !== '')
  return named.length > 1
    ? `line.who-repeated It names somebody twice: ${named.join(', ')}. 一行に、だれかを示す欄が二つあります。`
    : undefined
}

/** In any capitals. Throws CommandRefused, with every head that is not known and what may be meant by it. */
const headsOf = (heads: readonly string[], path: string): readonly string[] => {
  const names = heads.map((head) => head.normalize('NFKC').trim().toLowerCase())
  const unknown = names.filter((name) => !COLUMNS.includes(name)).map((name) => didYouMean(name, COLUMNS))
  if (unknown.length > 0)
    throw new CommandRefused(`${path} has columns that are not known: ${unknown.join(', ')}. They are ${COLUMNS.join(', ')}`)
  return names
}

const rowOf = (cells: Cells): Fields => {
  const text = (name: string): string => cells.get(name) ?? ''
  const kind = WHO.find((name) => text(name) !== '')
  const cell = (name: string): Fields => (text(name) === '' ? {} : { [name]: text(name) })
  const minutes = text('minutes').normalize('NFKC')
  return {
    who: kind === undefined ? { resident: '' } : { [kind]: text(kind) },
    ...cell('label'),
    ...cell('category'),
    ...cell('note'),
    ...(minutes === '' ? {} : { minutes: /^\d{1,6}$/.test(minutes) ? Number(minutes) : 0 }),
    ...(ABSENT.has(absenceIn(cells)) ? { isAbsent: true } : {}),
  }
}
