// A table as lines with their numbers: CSV (RFC 4180), or cells between tabs as a spreadsheet copies them; a byte order mark or none; a header line with
// known columns in any order, their names in any capitals.
// What is wrong with the file as a whole refuses it; a line with another number of columns is refused alone.

import { parse } from 'csv-parse/sync'
import { didYouMean } from '../../lexicons/nearest.ts'
import { reason, refused, type Outcome, type Reason } from './outcome.ts'

export const CSV_MAX_BYTES = 8 * 1024 * 1024
const NUL = '\u0000'
/** What a decoder puts where bytes are no UTF-8: the file was written in another encoding, such as Shift_JIS. */
const NO_CHARACTER = '\ufffd'

export type CsvLine<Column extends string> = { readonly line: number; readonly cells: Readonly<Record<Column, string>> }
export type CsvFile<Column extends string> = { readonly lines: readonly CsvLine<Column>[]; readonly refused: readonly Reason[] }
/** `also`: other names of columns, such as those of a form on paper. */
type Columns<Column extends string> = {
  readonly needed: readonly Column[]
  readonly known: readonly Column[]
  readonly also?: ReadonlyMap<string, Column>
}

/** `line` of a row is where it begins in the file, the header being 1. Cells are trimmed; a known column that is not there gives ''. */
export const readCsv = <Column extends string>(text: string, { needed, known, also }: Columns<Column>): Outcome<CsvFile<Column>> => {
  if (Buffer.byteLength(text) > CSV_MAX_BYTES) return refused('csv.too-large', String(CSV_MAX_BYTES))
  const unknown = text.indexOf(NO_CHARACTER)
  if (unknown >= 0) return { ok: false, reasons: [reason('csv.encoding-wrong', lineAt(text, unknown))] }
  const records = recordsOf(text)
  if (typeof records === 'number') return { ok: false, reasons: [reason('csv.unreadable', records)] }
  const [header, ...rows] = records
  if (header === undefined) return refused('csv.empty')
  const names = header.cells.map((name) => also?.get(plain(name)) ?? knownName(name, known))
  const wrong = headerFaults(names, { needed, known })
  if (wrong.length > 0) return { ok: false, reasons: wrong }
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

const TAB = '\t'

/** A head with a tab in it comes from a spreadsheet; no column has one in its name. */
const betweenCells = (text: string): string => (/^[^\r\n]*/.exec(text)?.[0].includes(TAB) === true ? TAB : ',')

type Row = { readonly line: number; readonly cells: readonly string[] }

/** The records, or the line where the one begins that cannot be read: an open quote takes in all that follows. */
const recordsOf = (text: string): readonly Row[] | number => {
  const nul = text.indexOf(NUL)
  if (nul >= 0) return lineAt(text, nul)
  const rows: Row[] = []
  const delimiter = betweenCells(text)
  let before = 0
  try {
    // The parser takes CR LF within quotes for two lines.
    parse(text.replaceAll('\r\n', '\n'), {
      bom: true,
      delimiter,
      relax_column_count: true,
      // A quote within a cell that does not begin with one is a character like others.
      relax_quotes: true,
      skip_empty_lines: true,
      // Blanks about a quoted cell; a tab is one, too.
      trim: delimiter === ',',
      on_record: (cells: readonly string[], { lines }) => {
        // A record that spans lines begins behind the one before it.
        const breaks = cells.reduce((sum, cell) => sum + (cell.match(/\r\n|\n|\r/g)?.length ?? 0), 0)
        const line = Math.max(before + 1, lines - breaks)
        // A spreadsheet's line of empty cells is an empty line.
        if (cells.some((cell) => cell.trim() !== '')) rows.push({ line, cells: cells.map((cell) => cell.trim()) })
        before = lines
        return null
      },
    })
    return rows
  } catch {
    return before + 1
  }
}

const plain = (name: string): string => name.normalize('NFKC').trim().toLowerCase()

/** As the known columns write it; another as it stands there. */
const knownName = (typed: string, known: readonly string[]): string => known.find((name) => plain(name) === plain(typed)) ?? typed.trim()

/** All that is wrong with the heads: one is told with the column that may be meant by it. */
const headerFaults = <Column extends string>(names: readonly string[], { needed, known }: Columns<Column>): readonly Reason[] => [
  ...needed.filter((name) => !names.includes(name)).map((name) => reason('csv.column-missing', 1, name)),
  ...names.filter((name) => !isAmong(known, name)).map((name) => reason('csv.column-unknown', 1, didYouMean(name, known))),
  ...names
    .filter((name, index) => isAmong(known, name) && names.indexOf(name) !== index)
    .map((name) => reason('csv.column-repeated', 1, name)),
]

const isAmong = (known: readonly string[], name: string): boolean => known.includes(name)

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
