// Changes what stands on pages, for erasures: heads that name what gives way to a name, lines of an entity that gives way to another.

import { headToWrite, openHeadWriter, openHeads } from './packed-heads.ts'
import type { Head } from './packed-heads.ts'
import { eachLine, nothingBefore, openBytes, writeHeadOfLines, writeLine } from './packed-lines.ts'
import type { PackedLine } from './packed-lines.ts'
import { actionNumber, firstOf, openPage } from './sqlite-pages.ts'
import type { Page, PageRow } from './sqlite-pages.ts'
import type { Tables } from './sqlite-tables.ts'

export type PageChanger = {
  /** `change` gives the same object where nothing changes. Only inside a transaction. */
  readonly ofAction: (uri: string, change: (head: Head) => Head) => void
  readonly ofEntity: (entity: number, change: (head: Head) => Head) => void
  /** Changes the stored names of rate tables; before heads that name them. */
  readonly rates: (change: (stored: string) => string) => void
  /** Lines of an entity in a scope stand under another entity from here on. */
  readonly giveWay: (from: number, scope: number, to: number) => void
}

export const openPageChanger = (tables: Tables): PageChanger => {
  const { db, dids, rate } = tables
  const columns = 'page.page, page.lines, page.heads'
  const byAction = db.prepare<[number], PageRow>(
    `SELECT ${columns} FROM page_action CROSS JOIN page USING (page) WHERE action = ? ORDER BY page_action.page`,
  )
  const byEntity = db.prepare<[number], PageRow>(
    `SELECT ${columns} FROM page_entity CROSS JOIN page USING (page) WHERE entity = ? ORDER BY page_entity.page`,
  )
  const putHeads = db.prepare('UPDATE page SET heads = ? WHERE page = ?')
  const putLines = db.prepare('UPDATE page SET lines = ? WHERE page = ?')
  const addAction = db.prepare('INSERT OR IGNORE INTO page_action VALUES (?, ?)')
  const dropAction = db.prepare('DELETE FROM page_action WHERE action = ? AND page = ?')
  const addEntity = db.prepare('INSERT OR IGNORE INTO page_entity VALUES (?, ?)')
  const dropEntity = db.prepare('DELETE FROM page_entity WHERE entity = ? AND page = ?')
  const everyRate = db.prepare<[], { id: number; key: string }>('SELECT id, key FROM rate')
  const putRate = db.prepare('UPDATE rate SET key = ? WHERE id = ?')
  const headWriter = openHeadWriter(dids)
  const rateNumber = ({ rate: uri, rateCid }: Head): number =>
    uri === null && rateCid === null ? 0 : rate.id(`${uri ?? ''} ${rateCid ?? ''}`)
  const numbersOf = (heads: readonly Head[]): Set<number> =>
    new Set(heads.flatMap(({ action }) => (action === null ? [] : [actionNumber(dids.write(action))])))
  const changeHeads = (row: PageRow, change: (head: Head) => Head): void => {
    const page = openPage(row, tables)
    const before = headsOf(page)
    const after = before.map(change)
    if (after.every((head, nth) => head === before[nth])) return
    headWriter.begin('')
    const lines = after.map((head) => headWriter.line(headToWrite(head), rateNumber(head)))
    putHeads.run(lines.join('\n'), row.page)
    const numbers = numbersOf(after)
    for (const number of numbersOf(before)) if (!numbers.has(number)) dropAction.run(number, row.page)
    for (const number of numbers) addAction.run(number, row.page)
  }
  return {
    ofAction: (uri, change) => {
      for (const row of byAction.all(actionNumber(dids.seek(uri)))) changeHeads(row, change)
    },
    ofEntity: (entity, change) => {
      for (const row of byEntity.all(entity)) changeHeads(row, change)
    },
    rates: (change) => {
      for (const { id, key } of everyRate.all()) if (change(key) !== key) putRate.run(change(key), id)
      rate.forget()
    },
    giveWay: (from, scope, to) => {
      for (const row of byEntity.all(from)) {
        const given = withEntity(row, from, scope, to)
        if (given === null) continue
        putLines.run(given.bytes, row.page)
        addEntity.run(to, row.page)
        if (given.isLeft) dropEntity.run(from, row.page)
      }
    },
  }
}

const headsOf = (page: Page): Head[] => Array.from({ length: page.size }, (_, nth) => page.head(nth))

/** The lines of a page with another entity in a scope, null where there is none of them; and whether the entity has left the page. */
const withEntity = ({ page, lines, heads }: PageRow, from: number, scope: number, to: number) => {
  const bytes = openBytes()
  const counts: number[] = Array.from({ length: openHeads(heads).size }, () => 0)
  const days: number[] = []
  const all: PackedLine[] = []
  eachLine(
    lines,
    firstOf(page),
    (line) => {
      const nth = line.position - firstOf(page)
      counts[nth] = (counts[nth] ?? 0) + 1
      all.push(line.entity === from && line.scope === scope ? { ...line, entity: to } : { ...line })
    },
    (day) => void days.push(day),
  )
  if (!all.some(({ entity }) => entity === to)) return null
  let next = 0
  for (const [nth, count] of counts.entries()) {
    writeHeadOfLines(bytes, count, days[nth] ?? 0)
    const before = nothingBefore()
    for (const line of all.slice(next, next + count)) writeLine(bytes, line, before)
    next += count
  }
  return { bytes: bytes.bytes(), isLeft: !all.some(({ entity }) => entity === from) }
}
