// The heads of the transactions of a page as text, a line each: fields between tabs, what a transaction has in common with the one before it left out, a
// uri that stands on the page already as its number there. DIDs stand as numbers (sqlite-dids.ts).

import { nsid } from '../../lexicons/authority.ts'
import type { Transaction } from '../journal/model.ts'
import { INSTANT_THIRD, kindNumber, kindOf } from './packed-transactions.ts'
import type { Dids } from './sqlite-dids.ts'
import type { Interned } from './sqlite-intern.ts'

/** What stands in a head besides the day, which stands with the lines, and the rate. `id` null: leaf, op and kind make it. */
export type HeadToWrite = {
  readonly kind: number
  readonly order: number
  readonly leaf: number | null
  readonly op: number
  readonly recordedAt: string
  readonly id: string | null
  readonly action: string | null
  readonly sources: readonly string[]
}

export type Head = Omit<Transaction, 'lines'>
/** When a transaction was recorded, as far as a known-at asks. */
export type Stamp = { readonly leaf: number | null; readonly recordedAt: string }

export type HeadWriter = {
  /** `rate`: its number, 0 for none. */
  readonly line: (head: HeadToWrite, rate: number) => string
  /** Begins a page, with the heads that stand on it already. */
  readonly begin: (heads: string) => void
}

const FIELDS_BEFORE_SOURCES = 7
const SHORT: ReadonlyMap<string, string> = new Map([
  [nsid.action, 'a'],
  [nsid.confirmation, 'c'],
])
const COLLECTIONS: ReadonlyMap<string, string> = new Map([...SHORT].map(([collection, letter]) => [letter, collection]))
const SCHEME = 'at://'
const RKEY = /^[A-Za-z0-9._:~#-]+$/
const QUOTE = '"'
const RULE = '+'

/** A uri in few letters; any other text in quotes. Only inside a transaction. */
const literalOf = (text: string, dids: Dids): string => {
  const end = text.startsWith(SCHEME) ? text.indexOf('/', SCHEME.length) : -1
  const last = end < 0 ? -1 : text.indexOf('/', end + 1)
  const letter = last < 0 ? undefined : SHORT.get(text.slice(end + 1, last))
  const rkey = text.slice(last + 1)
  const did = letter === undefined || !RKEY.test(rkey) ? 0 : dids.find(text.slice(SCHEME.length, end))
  return did === 0 ? JSON.stringify(dids.write(text)) : `${letter ?? ''}${did};${rkey}`
}

const textOfLiteral = (literal: string, dids: Dids): string => {
  if (literal.startsWith(QUOTE)) return dids.read(parseText(literal))
  const end = literal.indexOf(';')
  const collection = COLLECTIONS.get(literal.charAt(0)) ?? ''
  return `at://${dids.text(Number(literal.slice(1, end)))}/${collection}/${literal.slice(end + 1)}`
}

const parseText = (literal: string): string => JSON.parse(literal)

/** Whether a field is a uri itself, and not the number of one. */
const isWritten = (field: string): boolean => field !== '' && !(field >= '0' && field < ':')

export const openHeadWriter = (dids: Dids): HeadWriter => {
  const places = new Map<string, number>()
  let last = ''
  const uri = (text: string): string => {
    const place = places.get(text)
    if (place !== undefined) return String(place)
    places.set(text, places.size)
    return literalOf(text, dids)
  }
  const idOf = ({ id, leaf, op }: HeadToWrite): string => {
    if (id === null) return ''
    const usual = `${leaf ?? ''}/${op}/`
    return leaf !== null && id.startsWith(usual)
      ? `${RULE}${JSON.stringify(dids.write(id.slice(usual.length)))}`
      : JSON.stringify(dids.write(id))
  }
  return {
    line: (head, rate) => {
      const { kind, order, leaf, op, recordedAt, action } = head
      const at = recordedAt === last ? '' : recordedAt
      last = recordedAt
      const code = String.fromCharCode(kind * 2 + order + 'A'.charCodeAt(0))
      let text = `${code}\t${leaf ?? ''}\t${op === 0 ? '' : op}\t${at}\t${idOf(head)}\t${action === null ? '' : uri(action)}\t${rate || ''}`
      for (const source of head.sources) text += `\t${uri(source)}`
      return text
    },
    begin: (heads) => {
      places.clear()
      last = ''
      if (heads === '') return
      const page = openHeads(heads)
      last = page.stamp(page.size - 1).recordedAt
      for (const literal of page.literals) places.set(textOfLiteral(literal, dids), places.size)
    },
  }
}

/** The heads of a page, each read when it is asked for. */
export const openHeads = (text: string) => {
  const rows = text.split('\n').map((row) => row.split('\t'))
  const literals: string[] = []
  const stamps: Stamp[] = []
  let last = ''
  for (const fields of rows) {
    if (fields[3] !== '') last = fields[3] ?? ''
    stamps.push({ leaf: fields[1] === '' ? null : Number(fields[1]), recordedAt: last })
    const action = fields[5] ?? ''
    if (isWritten(action)) literals.push(action)
    for (let at = FIELDS_BEFORE_SOURCES; at < fields.length; at += 1) {
      const source = fields[at] ?? ''
      if (isWritten(source)) literals.push(source)
    }
  }
  const stamp = (nth: number): Stamp => stamps[nth] ?? { leaf: null, recordedAt: '' }
  return {
    size: rows.length,
    literals,
    stamp,
    /** `effectiveDate`: as its lines say. */
    head: (nth: number, effectiveDate: string, { dids, rate: rates }: Names): Head => {
      const [code = '', , op = '', , id = '', action = '', rate = '', ...sources] = rows[nth] ?? []
      const number = code.charCodeAt(0) - 'A'.charCodeAt(0)
      const kind = kindOf(number >> 1)
      const uri = (field: string): string => textOfLiteral(isWritten(field) ? field : (literals[Number(field)] ?? ''), dids)
      const { leaf, recordedAt } = stamp(nth)
      const when = { recordedAt, leaf, op: Number(op) }
      const what = { kind, sources: sources.map(uri), action: action === '' ? null : uri(action), ...ratePair(rate, rates) }
      const usual = `${leaf ?? ''}/${op === '' ? 0 : op}/`
      const first = { id: idOf(id, usual, kind, dids), effectiveDate }
      return number % 2 === INSTANT_THIRD ? { ...first, ...when, ...what } : { ...first, ...what, ...when }
    },
  }
}

export type Heads = ReturnType<typeof openHeads>
type Names = { readonly dids: Dids; readonly rate: Interned }

const idOf = (field: string, usual: string, kind: string, dids: Dids): string => {
  if (field === '') return `${usual}${kind}`
  return field.startsWith(RULE) ? `${usual}${dids.read(parseText(field.slice(1)))}` : dids.read(parseText(field))
}

const ratePair = (field: string, rates: Interned): Pick<Head, 'rate' | 'rateCid'> => {
  if (field === '') return { rate: null, rateCid: null }
  const [rate = '', rateCid = ''] = rates.text(Number(field)).split(' ')
  return { rate: rate === '' ? null : rate, rateCid: rateCid === '' ? null : rateCid }
}

/** A head as it would be written. */
export const headToWrite = (head: Head): HeadToWrite => {
  const { id, leaf, op, kind, recordedAt, action, sources } = head
  const fields = Object.keys(head)
  return {
    kind: kindNumber(kind),
    order: fields.indexOf('recordedAt') === INSTANT_THIRD + 1 ? INSTANT_THIRD : 0,
    leaf,
    op,
    recordedAt,
    id: leaf !== null && id === `${leaf}/${op}/${kind}` ? null : id,
    action,
    sources,
  }
}
