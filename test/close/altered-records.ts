// Signed records that say something else than the books, in their right form: as other rules, or somebody who reckons otherwise, would have made them.

import { setHash } from '../../appview/close/parse-closing.ts'
import type { Json } from '../../appview/journal/model.ts'
import { canonicalHash } from '../../appview/statements/canonical-json.ts'
import { CODE } from '../appview/books-town.ts'
import { at, listIn, parseJson } from '../support/asking.ts'

const bytesOf = (hex: string): Json => ({ $bytes: Buffer.from(hex, 'hex').toString('base64').replaceAll('=', '') })
const hexOf = (value: unknown): string => Buffer.from(String(parseJson(value)['$bytes']), 'base64').toString('hex')
const jsonOf = (value: unknown): Json => JSON.parse(JSON.stringify(value))

/** The records of a close as they would be if more had been given in the area, hashed and sealed accordingly. For `ClosingTown.publish`. */
export const recordsWith = ({ moreGiven, ...more }: { readonly moreGiven: number; readonly [field: string]: Json }) => {
  const hashes = new Map<string, string>()
  return (record: Json): Json => {
    const fields = parseJson(record)
    if ('statement' in fields) {
      if (fields['kind'] !== 'scope') return record
      const statement = structuredClone(fields['statement'])
      const PL = at(parseJson(statement), 'units', 'MIN', 'PL')
      Object.assign(PL, { 4110: Number(PL['4110']) + moreGiven })
      const hash = canonicalHash(statement)
      hashes.set(hexOf(fields['hash']), hash)
      return jsonOf({ ...fields, statement, hash: bytesOf(hash) })
    }
    const statements = listIn(fields, 'statements').map((member) => {
      const hash = hexOf(member['hash'])
      return { ...member, hash: bytesOf(hashes.get(hash) ?? hash) }
    })
    const members = listIn({ statements }, 'statements').map(({ entity, kind, hash }) => ({
      entity: typeof entity === 'string' ? entity : null,
      kind: String(kind),
      hash: hexOf(hash),
    }))
    const period = { fiscalYear: 2026, from: '', through: '' }
    const hash = bytesOf(setHash({ scope: CODE, period, version: 1 }, members))
    return jsonOf({ ...fields, statements, hash, ...more })
  }
}
