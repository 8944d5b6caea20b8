// A CSV file as lines with their numbers: UTF-8 with or without a byte order mark, RFC 4180, a header line with known columns in any order.
// What is wrong with the file as a whole refuses it; a line with another number of columns is refused alone.

import { parse } from 'csv-parse/sync'
import { reason, refused, type Outcome, type Reason } from './outcome.ts'

export const CSV_MAX_BYTES = 8 * 1024 * 1024
const NUL = '\u0000'
/** What a decoder puts where bytes are no UTF-8: the file was written in another encoding, such as Shift_JIS. */
const NO_CHARACTER = '\ufffd'

export type CsvLine<Column extends string> = { readonly line: number; readonly cells: Readonly<Record<Column, string>> }
export type CsvFile<Column extends string> = { readonly lines: readonly CsvLine<Column>[]; readonly refused: readonly Reason[] }
type Columns<Column extends string> = { readonly needed: readonly Column[]; readonly known: readonly Column[] }

/** `line` of a row is where it begins in the file, the header being 1. Cells are trimmed; a known column that is not there gives ''. */
export const readCsv = <Column extends string>(text: string, { needed, known }: Columns<Column>): Outcome<CsvFile<Column>> => {
  if (Buffer.byteLength(text) > CSV_MAX_BYTES) return refused('csv.too-large', String(CSV_MAX_BYTES))
  const unknown = text.indexOf(NO_CHARACTER)
  if (unknown >= 0) return { ok: false, reasons: [reason('csv.encoding-wrong', lineAt(text, unknown))] }
  const records = recordsOf(text)
  if (typeof records === 'number') return { ok: false, reasons: [reason('csv.unreadable', records)] }
  const [header, ...rows] = records
  if (header === undefined) return refused('csv.empty')
  const names = header.cells.map((name) => name.trim())
  const wrong = headerFault(names, { needed, known })
  if (wrong !== undefined) return { ok: false, reasons: [wrong] }
  if (rows.length === 0) return refused('csv.empty')
  const lines: CsvLine<Column>[] = []
  const faults: Reason[] = []
  for (const { line, cells } of rows) {
    if (cells.length !== names.length) faults.push(reason('line.columns-wrong', line, `${cells.length}`))
    else lines.push({ line, cells: cellsOf(known, names, cells) })
  }
  return { ok: true, value: { lines, refused: faults } }
}

const lineAt = (text: string, index: number): number => text.slice(0, index).split('\n').length

type Row = { readonly line: number; readonly cells: readonly string[] }

/** The records, or the line where the one begins that cannot be read: an open quote takes in all that follows. */
const recordsOf = (text: string): readonly Row[] | number => {
  const nul = text.indexOf(NUL)
  if (nul >= 0) return lineAt(text, nul)
  const rows: Row[] = []
  let before = 0
  try {
    // The parser takes CR LF within quotes for two lines.
    parse(text.replaceAll('\r\n', '\n'), {
      bom: true,
      relax_column_count: true,
      // A quote within a cell that does not begin with one is a character like others.
      relax_quotes: true,
      skip_empty_lines: true,
      trim: true,
      on_record: (cells: readonly string[], { lines }) => {
        // A record that spans lines begins behind the one before it.
        const breaks = cells.reduce((sum, cell) => sum + (cell.match(/\r\n|\n|\r/g)?.length ?? 0), 0)
        rows.push({ line: Math.max(before + 1, lines - breaks), cells })
        before = lines
        return null
      },
    })
    return rows
  } catch {
    return before + 1
  }
}

const headerFault = <Column extends string>(names: readonly string[], { needed, known }: Columns<Column>): Reason | undefined => {
  const missing = needed.find((name) => !names.includes(name))
  if (missing !== undefined) return reason('csv.column-missing', 1, missing)
  const all: readonly string[] = known
  const unknown = names.find((name) => !all.includes(name))
  if (unknown !== undefined) return reason('csv.column-unknown', 1, unknown)
  const repeated = names.find((name, index) => names.indexOf(name) !== index)
  return repeated === undefined ? undefined : reason('csv.column-repeated', 1, repeated)
}

const cellsOf = <Column extends string>(
  known: readonly Column[],
  names: readonly string[],
  cells: readonly string[],
): Readonly<Record<Column, string>> => {
  const byName = new Map(names.map((name, index) => [name, cells[index] ?? '']))
  return parseCells(Object.fromEntries(known.map((name) => [name, byName.get(name) ?? ''])))
}

// Every known column has just been given its cell.
const parseCells = <Column extends string>(cells: unknown): Readonly<Record<Column, string>> => cells as Readonly<Record<Column, string>>
