// A body on its way to another service, bounded as it is read there: what was compressed is passed on as it was before, so that a small message cannot
// become a large one behind us.

import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'
import type { Request } from 'express'
import { invalidRequest, XrpcError } from '../../server/xrpc-error.ts'
import { readWhole } from '../../server/xrpc-input.ts'
import { PROXY_MAX_BYTES } from './limits.ts'

const DECODERS = new Map([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
])

/** Throws XrpcError 413 PayloadTooLarge, 415 for an encoding that is not known, 400 for a body that is not what it says. */
export const readDecoded = async (req: Request): Promise<Buffer> => {
  const body = await readWhole(req, PROXY_MAX_BYTES)
  const encoding = (req.header('content-encoding') ?? 'identity').trim().toLowerCase()
  if (encoding === 'identity') return body
  const decode = DECODERS.get(encoding)
  if (decode === undefined) throw new XrpcError(415, 'UnsupportedMediaType', `Bodies compressed by ${encoding} are not passed on`)
  try {
    return await decode(body, { maxOutputLength: PROXY_MAX_BYTES })
  } catch (error) {
    if (error instanceof RangeError) throw new XrpcError(413, 'PayloadTooLarge', `The body is larger than ${PROXY_MAX_BYTES} bytes`)
    throw invalidRequest(`The body is not compressed by ${encoding}`)
  }
}
