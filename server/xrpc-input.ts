// A procedure's body as its lexicon declares it: JSON is read whole (bounded) and validated; any other encoding is handed on as a bounded stream.
// Checks, in order: content type (415), announced size (413), real size (413), JSON (400), lexicon (400). Compressed bodies are refused (415).

import { Readable } from 'node:stream'
import type { Lexicons, LexXrpcProcedure } from '@atproto/lexicon'
import { ValidationError } from '@atproto/lexicon'
import type { Request } from 'express'
import { XrpcError, invalidRequest } from './xrpc-error.ts'

export const DEFAULT_JSON_BYTES = 1_048_576
const MAX_JSON_DEPTH = 128

/** A function that reads a request's body: undefined when the method has none, parsed JSON, or a Readable for other encodings. */
export const inputReader = (
  catalog: Lexicons,
  nsid: string,
  definition: LexXrpcProcedure,
  maxBytes: number,
): ((req: Request) => Promise<unknown>) => {
  const declared = definition.input
  if (declared === undefined) return refuseBody
  const isJson = declared.encoding === 'application/json'
  return async (req) => {
    checkEncoding(req, declared.encoding)
    if (announcedBytes(req) > maxBytes) throw tooLarge(maxBytes)
    if (!isJson) return Readable.from(bounded(req, maxBytes), { objectMode: false })
    const input = parseJson(await readWhole(req, maxBytes))
    return declared.schema ? validated(catalog, nsid, input) : input
  }
}

// A method without input takes none; clients that send an empty JSON body with it are let through.
const refuseBody = async (req: Request): Promise<undefined> => {
  const body = await readWhole(req, 2)
  if (body.length > 0 && body.toString() !== '{}') throw invalidRequest('This method takes no body')
}

const checkEncoding = (req: Request, wanted: string): void => {
  const compressed = req.header('content-encoding') ?? 'identity'
  if (compressed !== 'identity') throw new XrpcError(415, 'UnsupportedMediaType', `Bodies compressed by ${compressed} are not read`)
  const given = (req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  if (given === '') throw invalidRequest(`Request encoding (Content-Type) required: ${wanted}`)
  if (wanted !== '*/*' && given !== wanted)
    throw new XrpcError(415, 'UnsupportedMediaType', `Wrong request encoding (Content-Type): ${given}, expected ${wanted}`)
}

const announcedBytes = (req: Request): number => Number(req.header('content-length') ?? 0)

const tooLarge = (maxBytes: number): XrpcError => new XrpcError(413, 'PayloadTooLarge', `The body is larger than ${maxBytes} bytes`)

async function* bounded(req: Request, maxBytes: number): AsyncGenerator<Buffer, void, void> {
  let size = 0
  // Leaving early must not destroy the socket, on which the refusal is still to be answered.
  for await (const chunk of req.iterator({ destroyOnReturn: false })) {
    const bytes = parseChunk(chunk)
    size += bytes.length
    if (size > maxBytes) throw tooLarge(maxBytes)
    yield bytes
  }
}

const parseChunk = (chunk: unknown): Buffer => chunk as Buffer

// By events, not by iteration: this is on the way of every write. What comes after a refusal is let flow away, so that the answer gets through.
export const readWhole = (req: Request, maxBytes: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const take = (chunk: Buffer) => {
      size += chunk.length
      if (size <= maxBytes) return void chunks.push(chunk)
      req.off('data', take)
      req.resume()
      reject(tooLarge(maxBytes))
    }
    req.on('data', take)
    req.once('error', reject)
    const cut = () => reject(invalidRequest('The body ended before its end'))
    req.once('close', cut)
    req.once('end', () => {
      req.off('close', cut)
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks))
    })
  })

const decoder = new TextDecoder('utf-8', { fatal: true })

const parseJson = (body: Buffer): unknown => {
  let value: unknown
  try {
    value = JSON.parse(decoder.decode(body))
  } catch {
    throw invalidRequest('The body is not JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalidRequest('The body must be a JSON object')
  if (deeperThan(value, MAX_JSON_DEPTH)) throw invalidRequest(`The body is nested deeper than ${MAX_JSON_DEPTH}`)
  return value
}

const deeperThan = (value: unknown, depth: number): boolean => {
  if (typeof value !== 'object' || value === null) return false
  return depth === 0 || Object.values(value).some((inner) => deeperThan(inner, depth - 1))
}

const validated = (catalog: Lexicons, nsid: string, input: unknown): unknown => {
  try {
    return catalog.assertValidXrpcInput(nsid, input)
  } catch (error) {
    if (error instanceof ValidationError) throw invalidRequest(error.message)
    throw error
  }
}
