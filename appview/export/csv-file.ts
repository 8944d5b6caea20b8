// A whole CSV file as bytes, record by record: UTF-8 with byte order mark, or CP932 with a last record that names what it has no character for.

import { Cp932Writer, namesOfMissing } from './cp932.ts'
import { BYTE_ORDER_MARK, csvLine, type Cell } from './csv.ts'
import type { TextEncoding } from './formats.ts'

type Rows = Iterable<readonly Cell[]> | AsyncIterable<readonly Cell[]>

const reportOf = (missing: ReadonlyMap<string, number>): readonly Cell[] => [
  '注記',
  `CP932にない文字を〓に置き換えました：${namesOfMissing(missing)}。元の文字は UTF-8 のファイルにあります。`,
]

/** Chunks of a file with this header. The rows are read as they are asked for. */
export async function* csvFile(header: readonly string[], rows: Rows, encoding: TextEncoding): AsyncGenerator<Uint8Array> {
  if (encoding === 'utf-8') {
    yield Buffer.from(`${BYTE_ORDER_MARK}${csvLine(header)}`)
    for await (const row of rows) yield Buffer.from(csvLine(row))
    return
  }
  const writer = new Cp932Writer()
  yield writer.encode(csvLine(header))
  for await (const row of rows) yield writer.encode(csvLine(row))
  if (writer.missing.size > 0) yield writer.encode(csvLine(reportOf(writer.missing)))
}
