// Query parameters as the lexicon declares them: arrays by repetition, integers, booleans, defaults filled in. Unknown names are ignored.
// Checks: each declared parameter's form, that only arrays repeat, required ones, ranges, formats. Refusal: 400 InvalidRequest.

import type { Lexicons, LexXrpcParameters } from '@atproto/lexicon'
import { ValidationError } from '@atproto/lexicon'
import type { Request } from 'express'
import { invalidRequest } from './xrpc-error.ts'

export type Params = Readonly<Record<string, unknown>>

type Property = LexXrpcParameters['properties'][string]

const NONE: Params = Object.freeze({})

/** A function that reads a request's parameters for this method. */
export const paramsParser = (catalog: Lexicons, nsid: string): ((req: Request) => Params) => {
  const definition = catalog.getDefOrThrow(nsid, ['query', 'procedure'])
  const declared = 'parameters' in definition && definition.parameters ? Object.entries(definition.parameters.properties) : []
  if (declared.length === 0) return () => NONE
  return (req) => {
    const start = req.originalUrl.indexOf('?')
    return parseParams(catalog, nsid, declared, new URLSearchParams(start < 0 ? '' : req.originalUrl.slice(start + 1)))
  }
}

const parseParams = (catalog: Lexicons, nsid: string, declared: readonly [string, Property][], query: URLSearchParams): Params => {
  const given: Record<string, unknown> = {}
  for (const [name, property] of declared) {
    const texts = query.getAll(name)
    if (texts.length === 0) continue
    if (property.type !== 'array' && texts.length > 1) throw invalidRequest(`Parameter "${name}" is given more than once`)
    given[name] =
      property.type === 'array'
        ? texts.map((text) => valueOf(name, property.items.type, text))
        : valueOf(name, property.type, texts[0] ?? '')
  }
  try {
    return parseValid(catalog.assertValidXrpcParams(nsid, given))
  } catch (error) {
    if (error instanceof ValidationError) throw invalidRequest(error.message)
    throw error
  }
}

const parseValid = (checked: unknown): Params => checked as Params

const valueOf = (name: string, type: string, text: string): unknown => {
  if (type === 'integer') {
    const value = /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN
    if (!Number.isSafeInteger(value)) throw invalidRequest(`Parameter "${name}" must be an integer`)
    return value
  }
  if (type === 'boolean') {
    if (text !== 'true' && text !== 'false') throw invalidRequest(`Parameter "${name}" must be true or false`)
    return text === 'true'
  }
  return text
}
