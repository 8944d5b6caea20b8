// com.atproto.repo: records and blobs of this PDS's accounts.

import type { Readable } from 'node:stream'
import { method } from '../../server/xrpc.ts'
import type { Call, Methods } from '../../server/xrpc.ts'
import type { Auth, Caller } from '../auth/caller.ts'
import type { Blobs } from '../blobs/blobs.ts'
import { repoHere } from './repo-here.ts'
import type { Here } from './repo-here.ts'
import { repoReadMethods } from './repo-read.ts'
import type { ReadDeps } from './repo-read.ts'
import { repoWriteMethods } from './repo-write.ts'

export type RepoMethodDeps = ReadDeps & { readonly auth: Pick<Auth, 'user' | 'owner'>; readonly blobs: Blobs }

export const repoMethods = (deps: RepoMethodDeps): Methods => ({
  ...repoReadMethods(deps),
  ...repoWriteMethods(deps),
  'com.atproto.repo.uploadBlob': uploadBlob(deps),
})

const uploadBlob = (deps: Here & Pick<RepoMethodDeps, 'auth' | 'blobs'>): Methods[string] =>
  method({
    auth: (req) => deps.auth.owner(req, (may) => may.blob(typeOf(req))),
    limits: { bodyBytes: deps.blobs.maxBytes },
    async handle({ auth: { did, permissions }, input, req }: Call<Caller, {}, Readable>) {
      const { cid, mimeType, sizeBytes } = await deps.blobs.upload(repoHere(deps, did).head.id, input, req.header('content-type'))
      permissions.blob(mimeType)
      return { json: { blob: { $type: 'blob', ref: { $link: cid.toString() }, mimeType, size: sizeBytes } } }
    },
  })

const typeOf = (req: Call['req']): string => req.header('content-type')?.split(';')[0]?.trim().toLowerCase() ?? 'application/octet-stream'
