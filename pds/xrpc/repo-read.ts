// The methods that show records: getRecord, listRecords, describeRepo. Anybody may ask; repos of accounts that are not active are not shown.

import { cidFromBytes } from '../../atproto/cid.ts'
import { decodeData, dataToJson } from '../../atproto/data-model.ts'
import { XrpcError } from '../../server/xrpc-error.ts'
import { method } from '../../server/xrpc.ts'
import type { Call, Methods } from '../../server/xrpc.ts'
import type { StoredRecord } from '../repo/record-index.ts'
import { readableRepo } from './repo-here.ts'
import type { Here } from './repo-here.ts'

/** `describe` tells the account's identity as the network sees it. */
export type ReadDeps = Here & { describe(did: string): Promise<{ readonly didDoc: unknown; readonly handleIsCorrect: boolean }> }

type Get = { repo: string; collection: string; rkey: string; cid?: string }
type List = { repo: string; collection: string; limit: number; cursor?: string; reverse?: boolean }

export const repoReadMethods = (deps: ReadDeps): Methods => ({
  'com.atproto.repo.getRecord': method({
    handle({ params: { repo, collection, rkey, cid } }: Call<unknown, Get>) {
      const { account, head } = readableRepo(deps, repo)
      const record = deps.repos.records.get(head.id, collection, rkey)
      const answer = record && shown(account.did, collection, record)
      if (answer === undefined || (cid !== undefined && cid !== answer.cid))
        throw new XrpcError(400, 'RecordNotFound', `Could not locate record: at://${account.did}/${collection}/${rkey}`)
      return { json: answer }
    },
  }),
  'com.atproto.repo.listRecords': method({
    handle({ params: { repo, collection, limit, cursor, reverse } }: Call<unknown, List>) {
      const { account, head } = readableRepo(deps, repo)
      const found = deps.repos.records.list(head.id, { collection, cursor, limit: limit + 1, reverse: reverse ?? false })
      const page = found.slice(0, limit)
      const last = found.length > limit ? page.at(-1) : undefined
      return { json: { ...(last && { cursor: last.rkey }), records: page.map((record) => shown(account.did, collection, record)) } }
    },
  }),
  'com.atproto.repo.describeRepo': method({
    async handle({ params: { repo } }: Call<unknown, { repo: string }>) {
      const { account, head } = readableRepo(deps, repo)
      const { did, handle } = account
      const described = await deps.describe(did)
      return { json: { handle, did, ...described, collections: deps.repos.records.collections(head.id) } }
    },
  }),
})

const shown = (did: string, collection: string, { rkey, cid, bytes }: StoredRecord) => ({
  uri: `at://${did}/${collection}/${rkey}`,
  cid: cidFromBytes(cid).toString(),
  value: dataToJson(decodeData(bytes)),
})
