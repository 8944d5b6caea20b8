// The version in package.json, as /xrpc/_health tells it.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const read = (): string => {
  const value: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8'))
  return typeof value === 'object' && value !== null && 'version' in value ? String(value.version) : 'unknown'
}

export const version = read()
