// Blobs as anybody may fetch them: only those a record names, under headers that keep a browser from running them.

import { InvalidSyntax } from '../../atproto/invalid-syntax.ts'
import { cidFromBytes, parseCid } from '../../atproto/cid.ts'
import type { Cid } from '../../atproto/cid.ts'
import { invalidRequest, XrpcError } from '../../server/xrpc-error.ts'
import { method } from '../../server/xrpc.ts'
import type { Call, Methods } from '../../server/xrpc.ts'
import type { Blobs } from '../blobs/blobs.ts'
import { readableRepo } from './repo-here.ts'
import type { Here } from './repo-here.ts'

export type SyncBlobDeps = Here & { readonly blobs: Blobs }

type List = { did: string; since?: string; limit: number; cursor?: string }

export const syncBlobMethods = (deps: SyncBlobDeps): Methods => ({
  'com.atproto.sync.getBlob': method({
    handle({ params: { did, cid } }: Call<unknown, { did: string; cid: string }>) {
      const { head } = readableRepo(deps, did)
      const blob = deps.blobs.read(head.id, cidOf(cid))
      if (blob === undefined) throw new XrpcError(400, 'BlobNotFound', 'Blob not found')
      return { stream: blob.bytes, encoding: blob.mimeType, headers: safeHeaders(cid, blob.sizeBytes) }
    },
  }),
  'com.atproto.sync.listBlobs': method({
    handle({ params: { did, since, limit, cursor } }: Call<unknown, List>) {
      const { head } = readableRepo(deps, did)
      const after = cursor === undefined ? new Uint8Array() : cidOf(cursor).bytes
      const found = deps.blobs.list(head.id, { after, since: since ?? '', limit: limit + 1 }).map((cid) => cidFromBytes(cid).toString())
      const cids = found.slice(0, limit)
      const last = found.length > limit ? cids.at(-1) : undefined
      return { json: { ...(last !== undefined && { cursor: last }), cids } }
    },
  }),
})

const safeHeaders = (cid: string, sizeBytes: number) => ({
  'content-length': String(sizeBytes),
  'content-disposition': `attachment; filename="${cid}"`,
  'content-security-policy': "default-src 'none'; sandbox",
  'x-content-type-options': 'nosniff',
})

const cidOf = (text: string): Cid => {
  try {
    return parseCid(text)
  } catch (error) {
    if (error instanceof InvalidSyntax) throw invalidRequest(`${text} is not the CID of a blob`)
    throw error
  }
}
