// com.atproto.sync: what relays and other followers ask of this PDS. subscribeRepos is mounted beside it (pds.ts).

import { cidFromBytes } from '../../atproto/cid.ts'
import { invalidRequest } from '../../server/xrpc-error.ts'
import { method } from '../../server/xrpc.ts'
import type { Call, Methods } from '../../server/xrpc.ts'
import type { Head } from '../repo/heads.ts'
import { readableRepo, repoHere } from './repo-here.ts'
import type { Here } from './repo-here.ts'
import { syncBlobMethods } from './sync-blobs.ts'
import type { SyncBlobDeps } from './sync-blobs.ts'
import { syncExportMethods } from './sync-export.ts'
import type { SyncExportDeps } from './sync-export.ts'

export type SyncDeps = SyncBlobDeps & SyncExportDeps

type Did = { did: string }

export const syncMethods = (deps: SyncDeps): Methods => ({
  ...syncExportMethods(deps),
  ...syncBlobMethods(deps),
  'com.atproto.sync.getLatestCommit': method({
    handle({ params: { did } }: Call<unknown, Did>) {
      const { head } = readableRepo(deps, did)
      return { json: { cid: cidFromBytes(head.commitCid).toString(), rev: head.rev } }
    },
  }),
  'com.atproto.sync.getRepoStatus': method({
    handle({ params: { did } }: Call<unknown, Did>) {
      const { account, head } = repoHere(deps, did)
      return { json: { did: account.did, ...statusOf(deps, head), ...(account.status === 'active' && { rev: head.rev }) } }
    },
  }),
  'com.atproto.sync.listRepos': method({
    handle({ params: { limit, cursor } }: Call<unknown, { limit: number; cursor?: string }>) {
      const found = deps.repos.list(parseCursor(cursor), limit + 1)
      const page = found.slice(0, limit)
      const last = found.length > limit ? page.at(-1) : undefined
      return { json: { ...(last && { cursor: String(last.id) }), repos: page.map((head) => listed(deps, head)) } }
    },
  }),
})

const listed = (here: Here, head: Head) => ({
  did: head.did,
  head: cidFromBytes(head.commitCid).toString(),
  rev: head.rev,
  ...statusOf(here, head),
})

const statusOf = ({ accounts }: Here, { did }: Head): { active: boolean; status?: string } => {
  const status = accounts.byDid(did)?.status ?? 'deleted'
  return status === 'active' ? { active: true } : { active: false, status }
}

const parseCursor = (cursor: string | undefined): number => {
  if (cursor === undefined) return 0
  if (!/^\d{1,15}$/.test(cursor)) throw invalidRequest('cursor is not one that listRepos gave')
  return Number(cursor)
}
