// Comma-separated values as Excel and other programs read them: RFC 4180 with CRLF, and no cell that a spreadsheet would run as a formula.

/** Numbers are exact integers and stay numbers, negative ones too; null is an empty cell. */
export type Cell = string | number | null

export const BYTE_ORDER_MARK = '\uFEFF'
const CRLF = '\r\n'
// Also the wide forms, which spreadsheets in Japanese take for the same signs.
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/u
const NEEDS_QUOTES = /[",\r\n]/

/** A text that would be run is shown with an apostrophe before it. */
export const neutralised = (text: string): string => (FORMULA.test(text) ? `'${text}` : text)

const cellText = (cell: Cell): string => {
  if (cell === null) return ''
  if (typeof cell === 'number') return String(cell)
  const text = neutralised(cell)
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** One record with its line end. The byte order mark stands before the first record of a file in UTF-8, and is not made here. */
export const csvLine = (cells: readonly Cell[]): string => `${cells.map(cellText).join(',')}${CRLF}`
