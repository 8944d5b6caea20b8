// Puts transactions onto pages one after another. The page that is not full yet is read again with each commit; during a rebuild it stays in memory.

import { openHeadWriter } from './packed-heads.ts'
import { nothingBefore, openBytes, writeHeadOfLines, writeLine } from './packed-lines.ts'
import type { PackedLine } from './packed-lines.ts'
import type { UnpackedHead } from './packed-transactions.ts'
import { PAGE_SIZE } from './sqlite-pages.ts'
import type { Tables } from './sqlite-tables.ts'

export type PageWriter = {
  /** Before transactions are put. */
  readonly begin: () => void
  /** Begins a transaction; gives its page. `rate`: its number here, 0 for none. */
  readonly next: (head: Readonly<UnpackedHead>, rate: number) => number
  readonly line: (line: Readonly<PackedLine>) => void
  /** Writes the page that is not full. */
  readonly end: () => void
  readonly forget: () => void
}

type Newest = {
  readonly page: number
  readonly size: number
  readonly postings: number
  readonly leaf: number | null
  readonly recordedAt: string
  readonly through: number
  readonly lines: Uint8Array
  readonly heads: string
}

export const openPageWriter = ({ db, dids }: Tables): PageWriter => {
  const newest = db.prepare<[], Newest>(
    'SELECT page, size, postings, leaf, recorded_at AS recordedAt, through, lines, heads FROM page ORDER BY page DESC LIMIT 1',
  )
  const put = db.prepare('INSERT OR REPLACE INTO page VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
  const bytes = openBytes()
  const headWriter = openHeadWriter(dids)
  let [page, postings, through] = [-1, 0, 0]
  let first: { readonly leaf: number | null; readonly recordedAt: string } = { leaf: null, recordedAt: '' }
  let heads: string[] = []
  let before = nothingBefore()
  let isOpen = false
  const start = (number: number): void => {
    page = number
    postings = 0
    heads = []
    bytes.clear()
    headWriter.begin('')
  }
  const flush = (): void => {
    if (heads.length === 0) return
    put.run(page, heads.length, postings, first.leaf, first.recordedAt, through, bytes.bytes(), heads.join('\n'))
  }
  const restore = (): void => {
    const row = newest.get()
    start(row?.page ?? 0)
    through = row?.through ?? 0
    if (row === undefined) return
    if (row.size === PAGE_SIZE) return start(row.page + 1)
    postings = row.postings
    first = row
    heads = row.heads.split('\n')
    bytes.append(row.lines)
    headWriter.begin(row.heads)
  }
  return {
    begin: () => {
      if (!isOpen) restore()
      isOpen = true
    },
    next: (head, rate) => {
      if (heads.length === PAGE_SIZE) {
        flush()
        start(page + 1)
      }
      if (heads.length === 0) first = { leaf: head.leaf, recordedAt: head.recordedAt }
      heads.push(headWriter.line(head, rate))
      writeHeadOfLines(bytes, head.lines, head.effective)
      postings += head.lines
      through = Math.max(through, head.leaf ?? 0)
      before = nothingBefore()
      return page
    },
    line: (line) => writeLine(bytes, line, before),
    end: () => {
      if (isOpen) flush()
      isOpen = false
    },
    forget: () => {
      isOpen = false
      heads = []
    },
  }
}
