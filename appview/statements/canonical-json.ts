// Canonical JSON (RFC 8785) for what statements are made of: objects, arrays, strings, exact integers, booleans, null. And the hash over it.

import assert from 'node:assert/strict'
import { hash } from 'node:crypto'

/**
 * Keys sorted by UTF-16 code units, no white space, strings escaped as JSON.stringify does. Members that are undefined are left out.
 * Fractions, and anything that is not JSON, are our bug and assert; so are lone surrogates, which have no UTF-8.
 */
export const canonicalJson = (value: unknown): string => {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') {
    assert(value.isWellFormed(), 'a string has a UTF-8 form')
    return JSON.stringify(value)
  }
  if (typeof value === 'number') {
    assert(Number.isSafeInteger(value), `a number is an exact integer: ${value}`)
    return value === 0 ? '0' : String(value)
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  assert(typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype, 'only plain JSON has a canonical form')
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${canonicalJson(key)}:${canonicalJson(member)}`)
  return `{${members.join(',')}}`
}

/** sha-256 of the canonical JSON in UTF-8, as lower-case hex. */
export const canonicalHash = (value: unknown): string => hash('sha256', canonicalJson(value), 'hex')
