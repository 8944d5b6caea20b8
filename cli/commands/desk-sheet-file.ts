// A stamp sheet's list as a file: JSON as the desk takes it, or CSV with a header line and one person a line: did, resident or card; where they
// differ from the sheet's, minutes and category; absent (1); label and note, which stay private.

import { parse } from 'csv-parse/sync'
import { readFileSync } from 'node:fs'
import { CommandRefused } from '../command.ts'
import type { Fields } from '../network/desk-call.ts'

const WHO = ['did', 'resident', 'card'] as const

/** UTF-8, or else what Japanese spreadsheets write: CP932, said aloud. */
export const readText = (path: string): string => {
  try {
    const bytes = readFileSync(path)
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
    const lines: readonly Readonly<Record<string, string>>[] = parse(readText(path), {
      bom: true,
      columns: true,
      trim: true,
      skip_empty_lines: true,
    })
    return lines.map(rowOf)
  } catch (error) {
    if (error instanceof CommandRefused) throw error
    throw new CommandRefused(`${path} cannot be read as CSV (${error instanceof Error ? error.message : String(error)})`)
  }
}

const rowOf = (cells: Readonly<Record<string, string>>): Fields => {
  const kind = WHO.find((name) => (cells[name] ?? '') !== '')
  const cell = (name: string): Fields => ((cells[name] ?? '') === '' ? {} : { [name]: cells[name] })
  const minutes = cells['minutes'] ?? ''
  return {
    who: kind === undefined ? { resident: '' } : { [kind]: cells[kind] },
    ...cell('label'),
    ...cell('category'),
    ...cell('note'),
    ...(minutes === '' ? {} : { minutes: /^\d{1,6}$/.test(minutes) ? Number(minutes) : 0 }),
    ...(cells['absent'] === '1' ? { isAbsent: true } : {}),
  }
}
