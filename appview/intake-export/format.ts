// The file in which intake travels: one line of JSON each. First a head that says whose log and whose books; then leaf by leaf its rows with the proof
// that keeps them believable; then the heads of repos; at last a line with the hash of all lines before it, so that a file cut short is seen.
// What entries stand for is in it only where it was asked for, with the salt of its commitment.

import type { IntakeRow, Json, Roster } from '../journal/model.ts'
import type { Origin, Position, Proof, RepoHead } from '../store/store.ts'
import { END, HEAD, LEAF, REPO_HEAD, ROW, wrongIn } from './line-forms.ts'
import type { Form } from './line-forms.ts'

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

/** Throws InvalidIntakeFile for a line of no known kind, or with a field of another kind than it has. */
export const parseLine = (text: string, number: number): Line => {
  const value = jsonOf(text, number)
  const { format, v, leaf, rows, heads, end } = value
  const check = (what: string, fields: unknown, form: Form): void => {
    const wrong = wrongIn(fields, form)
    if (wrong !== undefined)
      throw new InvalidIntakeFile(`line ${number}: ${what}${wrong === '' ? '' : `, ${wrong},`} has not the form it has to have`)
  }
  if (format !== undefined) {
    if (format !== FORMAT || v !== FORMAT_VERSION)
      throw new InvalidIntakeFile(`line ${number} is not the head of an intake of version ${FORMAT_VERSION}`)
    check('the head', value, HEAD)
    return value as Head
  }
  if (leaf !== undefined && Array.isArray(rows) && rows.length > 0) {
    check('the leaf', value, LEAF)
    for (const row of rows) check('a row', row, { ...ROW, leaf: (own) => own === leaf })
    return value as LeafLine
  }
  if (Array.isArray(heads)) {
    for (const head of heads) check('the head of a repo', head, REPO_HEAD)
    return value as HeadsLine
  }
  if (end !== undefined) {
    check('the end', end, END)
    return value as EndLine
  }
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
