// Figures as a table for people and as JSON under bench/out/ for RESULTS.md and for other programs.

import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { projectRoot } from './child.ts'
import { CORES, isQuick } from './mode.ts'

export type Cell = string | number | undefined
export type Row = Readonly<Record<string, Cell>>
export type Table = { readonly title: string; readonly rows: readonly Row[] }
/** `holds`: whether an aim is met. */
export type Aim = { readonly what: string; readonly aim: string; readonly seen: string; readonly holds: boolean }
export type Report = { readonly name: string; readonly tables: readonly Table[]; readonly aims: readonly Aim[] }

export const outDir = join(projectRoot, 'bench', 'out')

/** Three significant digits, thousands apart. */
export const show = (cell: Cell): string => {
  if (typeof cell !== 'number') return cell ?? ''
  if (!Number.isFinite(cell)) return '–'
  return Math.abs(cell) >= 100 ? Math.round(cell).toLocaleString('en') : String(Number(cell.toPrecision(3)))
}

const columnsOf = (rows: readonly Row[]): string[] => [...new Set(rows.flatMap((row) => Object.keys(row)))]

/** A Markdown table, aligned so that it also reads well in a terminal. */
export const markdown = (rows: readonly Row[]): string => {
  const columns = columnsOf(rows)
  const cells = [columns, ...rows.map((row) => columns.map((column) => show(row[column])))]
  const widths = columns.map((_, place) => Math.max(3, ...cells.map((row) => row[place]?.length ?? 0)))
  const line = (row: readonly string[]): string => `| ${row.map((cell, place) => cell.padEnd(widths[place] ?? 0)).join(' | ')} |`
  const [head = [], ...body] = cells
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n')
}

export const aimRows = (aims: readonly Aim[]): Row[] =>
  aims.map(({ what, aim, seen, holds }) => ({ what, aim, seen, '': holds ? 'met' : 'missed' }))

/** Prints and keeps a report. */
export const publish = (report: Report): void => {
  for (const { title, rows } of report.tables) console.log(`\n${title}\n\n${markdown(rows)}`)
  if (report.aims.length > 0) console.log(`\n${markdown(aimRows(report.aims))}\n`)
  mkdirSync(outDir, { recursive: true })
  writeFileSync(join(outDir, `${report.name}.json`), `${JSON.stringify({ ...report, machine: machine() }, null, 2)}\n`)
}

export type Machine = {
  readonly node: string
  readonly cores: number
  readonly cpu: string
  readonly commit: string
  readonly date: string
  readonly quick: boolean
}

const machine = (): Machine => ({
  node: process.version,
  cores: CORES,
  cpu: cpus()[0]?.model ?? 'unknown',
  commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: projectRoot, encoding: 'utf8' }).trim(),
  date: new Date().toISOString().slice(0, 10),
  quick: isQuick,
})

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? (sorted[middle] ?? NaN) : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2
}

export const percentile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
}
