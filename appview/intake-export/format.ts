// The file in which intake travels: one line of JSON each. First a head that says whose log and whose books; then leaf by leaf its rows with the proof
// that keeps them believable; then the heads of repos; at last a line with the hash of all lines before it, so that a file cut short is seen.
// What entries stand for is in it only where it was asked for, with the salt of its commitment.

import type { IntakeRow, Json, Roster } from '../journal/model.ts'
import type { Origin, Position, Proof, RepoHead } from '../store/store.ts'

export const FORMAT = 'waki-intake'
export const FORMAT_VERSION = 1
/** One line: a leaf with all its rows and its proof. */
export const MAX_LINE_CHARACTERS = 64_000_000
export const HEADS_PER_LINE = 500

export type Head = {
  readonly format: typeof FORMAT
  readonly v: typeof FORMAT_VERSION
  readonly origin: Origin
  readonly roster: Roster
  readonly rules: number
  /** How far the books it comes from had read. */
  readonly read: Position
  /** Whether the content of entries is in it. */
  readonly private: boolean
  /** Whom it is for: the operator of the books, the desk of the municipality with this code, or anybody. */
  readonly view: string
}

/** `proof.car` in base64. */
export type LeafLine = {
  readonly leaf: number
  readonly rows: readonly IntakeRow[]
  readonly proof: (Pick<Proof, 'repo' | 'didKey' | 'evidence'> & { readonly car: string }) | null
  readonly private?: readonly PrivateContent[]
}

/** Salt in hex; empty of what an erasure has left of an entry. */
export type PrivateContent = { readonly op: number; readonly payload: Json; readonly salt: string }
export type HeadsLine = { readonly heads: readonly RepoHead[] }
export type EndLine = { readonly end: EndOf }
/** `withheld`: rows of which this view keeps something back. */
export type EndOf = { readonly leaves: number; readonly rows: number; readonly withheld: number; readonly sha256: string }
export type Line = Head | LeafLine | HeadsLine | EndLine

export class InvalidIntakeFile extends Error {
  override readonly name = 'InvalidIntakeFile'
}

type Fields = Readonly<Record<string, unknown>>

/** Throws InvalidIntakeFile for a line of no known kind. What its rows say is judged by whoever takes them. */
export const parseLine = (text: string, number: number): Line => {
  const value = jsonOf(text, number)
  const { format, v, leaf, rows, heads, end } = value
  if (format !== undefined) {
    if (format !== FORMAT || v !== FORMAT_VERSION)
      throw new InvalidIntakeFile(`line ${number} is not the head of an intake of version ${FORMAT_VERSION}`)
    return value as Head
  }
  if (typeof leaf === 'number' && Array.isArray(rows) && rows.length > 0 && rows.every((row) => isRow(row, leaf))) return value as LeafLine
  if (Array.isArray(heads)) return value as HeadsLine
  if (typeof end === 'object' && end !== null) return value as EndLine
  throw new InvalidIntakeFile(`line ${number} is no line of an intake`)
}

const jsonOf = (text: string, number: number): Fields => {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value as Fields
  } catch {
    // Said below.
  }
  throw new InvalidIntakeFile(`line ${number} is not JSON`)
}

const TEXTS = ['origin', 'recordedAt', 'source', 'action', 'repo', 'collection', 'rkey', 'uri'] as const

const isRow = (row: unknown, leaf: number): boolean => {
  if (typeof row !== 'object' || row === null) return false
  const fields = row as Fields
  return fields['leaf'] === leaf && Number.isSafeInteger(fields['op']) && TEXTS.every((name) => typeof fields[name] === 'string')
}
