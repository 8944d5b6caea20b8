// Size and media type of blobs as a lexicon bounds them; @atproto/lexicon leaves these to us. Walks the record beside its definition.

import type { Lexicons } from '@atproto/lexicon'

type Definition = Readonly<Record<string, unknown>> & { readonly type: unknown }

/** A sentence that names the path, or undefined. The record has passed @atproto/lexicon. */
export const whatIsWrongWithBlobs = (lexicons: Lexicons, definition: unknown, value: unknown, path: string): string | undefined => {
  if (!isDefinition(definition) || typeof value !== 'object' || value === null) return undefined
  switch (definition.type) {
    case 'blob':
      return wrongBlob(definition, parseFields(value), path)
    case 'array':
      return Array.isArray(value)
        ? firstOf(value.map((item, at) => () => whatIsWrongWithBlobs(lexicons, definition['items'], item, `${path}/${at}`)))
        : undefined
    case 'object': {
      const fields = parseFields(value)
      return firstOf(
        Object.entries(parseFields(definition['properties'])).map(
          ([name, inner]) =>
            () =>
              whatIsWrongWithBlobs(lexicons, inner, fields[name], `${path}/${name}`),
        ),
      )
    }
    case 'ref':
      return whatIsWrongWithBlobs(lexicons, lexicons.getDef(String(definition['ref'])), value, path)
    case 'union': {
      const type = parseFields(value)['$type']
      return typeof type === 'string' && type.includes('.') ? whatIsWrongWithBlobs(lexicons, lexicons.getDef(type), value, path) : undefined
    }
    default:
      return undefined
  }
}

const wrongBlob = (definition: Definition, blob: Readonly<Record<string, unknown>>, path: string): string | undefined => {
  const { maxSize, accept } = definition
  const size = Number(blob['size'])
  const mimeType = String(blob['mimeType'])
  if (typeof maxSize === 'number' && size > maxSize) return `${path} must not be larger than ${maxSize} bytes`
  if (!Array.isArray(accept) || accept.some((pattern) => isAccepted(String(pattern), mimeType))) return undefined
  return `${path} must be one of (${accept.join('|')})`
}

/** Patterns are a media type, `image/*` or `*` + `/*`. */
const isAccepted = (pattern: string, mimeType: string): boolean =>
  pattern === '*/*' || pattern === mimeType || (pattern.endsWith('/*') && mimeType.startsWith(pattern.slice(0, -1)))

const firstOf = (checks: readonly (() => string | undefined)[]): string | undefined => {
  for (const check of checks) {
    const wrong = check()
    if (wrong !== undefined) return wrong
  }
  return undefined
}

const isDefinition = (value: unknown): value is Definition => typeof value === 'object' && value !== null && 'type' in value

const parseFields = (value: unknown): Readonly<Record<string, unknown>> => (typeof value === 'object' && value !== null ? { ...value } : {})
