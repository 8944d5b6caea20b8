// What stands in somebody's repo, read from their PDS as anybody can.

import { query, type Session } from '../../cli/xrpc-client.ts'
import { listIn, parseJson, type Json } from '../support/asking.ts'

export const getRecord = async ({ service, did }: Session, collection: string, rkey: string): Promise<{ readonly value: Json }> => {
  const answer = await query(service, 'com.atproto.repo.getRecord', { repo: did, collection, rkey })
  return { value: parseJson(answer['value']) }
}

export const listRecords = async ({ service, did }: Session, collection: string): Promise<readonly Json[]> =>
  listIn(await query(service, 'com.atproto.repo.listRecords', { repo: did, collection, limit: '100' }), 'records')
