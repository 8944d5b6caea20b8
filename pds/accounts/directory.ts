// The did:plc directory as this server uses it: publish a signed operation, read the newest one. Publishing is safe to repeat:
// an operation that stands already is done. Bounded in time and bytes by the `fetch` passed in.

import { isDeepStrictEqual } from 'node:util'
import type { Did } from '../../atproto/did.ts'
import { parseOperation, type SignedOperation } from '../../atproto/plc-operation.ts'
import { invalidRequest, XrpcError } from '../../server/xrpc-error.ts'

export type Directory = {
  /** Resolves once the directory holds the operation as the newest. Throws XrpcError: 502 UpstreamFailure when it gives no answer, 400 InvalidRequest when it refuses. */
  publish(did: Did, operation: SignedOperation): Promise<void>
  /** The newest operation; undefined when the DID is unknown or ended. Throws XrpcError 502 UpstreamFailure. */
  newest(did: Did): Promise<SignedOperation | undefined>
}

const REASON_MAX_CHARS = 300

export const createDirectory = (plcUrl: string, get: typeof fetch): Directory => {
  const ask = async (path: string, init: RequestInit): Promise<{ status: number; text: string }> => {
    try {
      const response = await get(new URL(path, plcUrl), init)
      return { status: response.status, text: await response.text() }
    } catch {
      throw unreachable()
    }
  }
  const newest = async (did: Did): Promise<SignedOperation | undefined> => {
    const { status, text } = await ask(`/${did}/log/last`, {})
    if (status === 404 || status === 410) return undefined
    if (status !== 200) throw unreachable()
    return readOperation(text)
  }
  return {
    newest,
    async publish(did, operation) {
      const headers = { 'content-type': 'application/json' }
      const { status, text } = await ask(`/${did}`, { method: 'POST', headers, body: JSON.stringify(operation) })
      if (status === 200) return
      if (isDeepStrictEqual(await newest(did), operation)) return
      if (status >= 500 || status === 429) throw unreachable()
      throw invalidRequest(`The directory refuses the change of ${did}: ${text.slice(0, REASON_MAX_CHARS)}`)
    },
  }
}

const unreachable = (): XrpcError =>
  new XrpcError(502, 'UpstreamFailure', 'The identity directory does not answer; nothing was changed, try again')

// A tombstone or a legacy genesis is nothing this server can build on.
const readOperation = (text: string): SignedOperation | undefined => {
  try {
    return parseOperation(JSON.parse(text))
  } catch {
    return undefined
  }
}
