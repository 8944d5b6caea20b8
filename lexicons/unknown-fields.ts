// Fields that a lexicon does not name: a validator passes them over, since records of later versions may hold more; who types one has misspelt another.

import type { LexiconDoc } from '@atproto/lexicon'
import { catalog } from './catalog.ts'
import { didYouMean } from './nearest.ts'

/** Where it stands: names of fields, and indices of lists. `told` names it and what may be meant. */
export type UnknownField = { readonly path: readonly (string | number)[]; readonly told: string }

type Schema = {
  readonly type: string
  readonly ref?: string
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly record?: Schema
}

/** `definition`: an NSID, or one of its definitions, `nsid#name`. In the order of the value. */
export const unknownFieldsOf = (definition: string, value: unknown): readonly UnknownField[] => walk(schemaAt(definition), value, [])

const walk = (schema: Schema | undefined, value: unknown, path: UnknownField['path']): readonly UnknownField[] => {
  if (schema?.type === 'ref') return walk(schemaAt(schema.ref ?? ''), value, path)
  if (schema?.type === 'array')
    return Array.isArray(value) ? value.flatMap((item: unknown, index) => walk(schema.items, item, [...path, index])) : []
  if (schema?.type !== 'object' || typeof value !== 'object' || value === null || Array.isArray(value)) return []
  const known = schema.properties ?? {}
  return Object.entries(value).flatMap(([name, inner]): readonly UnknownField[] => {
    if (Object.hasOwn(known, name)) return walk(known[name], inner, [...path, name])
    if (name === '$type') return []
    const told = didYouMean(name, Object.keys(known))
    return [{ path: [...path, name], told: [...path, told].join('/') }]
  })
}

/** A record's is that of its fields. */
const schemaAt = (definition: string): Schema | undefined => {
  const found = parseSchema(catalog.getDef(definition))
  return found?.type === 'record' ? found.record : found
}

// What the catalog holds has been parsed as a lexicon.
const parseSchema = (found: LexiconDoc['defs'][string] | undefined): Schema | undefined => found
