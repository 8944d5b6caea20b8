// Repos as CARs: getRepo (whole, or what changed since a rev) and getRecord (one record with its proof, or the proof that it is not there).

import { joinPath } from '../../atproto/record-path.ts'
import { parseNsid } from '../../atproto/nsid.ts'
import { parseRecordKey } from '../../atproto/record-key.ts'
import type { Clock } from '../../server/clock.ts'
import type { Database } from '../../server/sqlite.ts'
import { XrpcError } from '../../server/xrpc-error.ts'
import { method } from '../../server/xrpc.ts'
import type { Call, Methods } from '../../server/xrpc.ts'
import { createRepoExports } from '../repo/export-repo.ts'
import { EXPORT_MAX_MS } from '../repo/limits.ts'
import { proveRecord } from '../repo/prove-record.ts'
import { readableRepo } from './repo-here.ts'
import type { Here } from './repo-here.ts'

export type SyncExportDeps = Here & { readonly db: Database; readonly clock: Clock }

const CAR = 'application/vnd.ipld.car'

export const syncExportMethods = (deps: SyncExportDeps): Methods => {
  const exports = createRepoExports(deps.db.name)
  return {
    'com.atproto.sync.getRepo': method({
      handle({ params: { did, since }, res }: Call<unknown, { did: string; since?: string }>) {
        const { account } = readableRepo(deps, did)
        if (!exports.hasRoom())
          throw new XrpcError(503, 'Overloaded', 'Too many repos are being read; try again in a moment', { 'retry-after': '10' })
        cutAfter(deps.clock, EXPORT_MAX_MS, res)
        return { stream: exports.read(account.did, since), encoding: CAR }
      },
    }),
    'com.atproto.sync.getRecord': method({
      handle({ params: { did, collection, rkey } }: Call<unknown, { did: string; collection: string; rkey: string }>) {
        const { head } = readableRepo(deps, did)
        return { bytes: proveRecord(deps.repos, head, joinPath(parseNsid(collection), parseRecordKey(rkey))), encoding: CAR }
      },
    }),
  }
}

/** A reader that takes longer is cut off, so that it cannot hold the database's past open. */
const cutAfter = (clock: Clock, ms: number, res: Call['res']): void => {
  const closed = new AbortController()
  res.once('close', () => closed.abort())
  clock.sleep(ms, closed.signal).then(
    () => res.destroy(),
    () => {},
  )
}
