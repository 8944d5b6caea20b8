// Writing for a signed-in resident: into their own repo, through their own PDS, with what they granted. Expired tokens are renewed on the way.

import type { OAuthSession } from '@atproto/oauth-client-node'
import type { Log } from '../../server/log.ts'
import type { Session } from '../store/work.ts'
import { errorName } from './error-name.ts'
import type { Keep } from './keep.ts'
import type { LoadClient } from './lazy-client.ts'
import { PDS_TIMEOUT_MS } from './limits.ts'
import { PdsRefused, answerOf, neededText } from './pds-call.ts'
import type { Fields } from './pds-call.ts'

export type Written = { readonly uri: string; readonly cid: string; readonly rev: string | null }

/** All throw PdsRefused with the PDS's reason, SignInEnded where the grant is over: nothing was written then. */
export type ResidentWrites = {
  /** Creates a record under a key the PDS chooses. */
  createRecordFor(session: Session, collection: string, record: Fields): Promise<Written>
  putRecordFor(session: Session, collection: string, rkey: string, record: Fields): Promise<Written>
  deleteRecordFor(session: Session, collection: string, rkey: string): Promise<void>
}

/** What the person granted is over: they ended it at their server, or it ran out. They sign in again. */
export class SignInEnded extends Error {
  override readonly name = 'SignInEnded'
}

export type ResidentWritesDeps = { readonly loadClient: LoadClient | null; readonly keep: Keep; readonly log: Log }

export const createResidentWrites = (deps: ResidentWritesDeps): ResidentWrites => {
  const call = async (session: Session, nsid: string, input: Fields): Promise<Fields> => {
    const oauth = await restored(deps, session.did)
    const response = await post(oauth, nsid, input).catch(async (error: unknown) => {
      throw await failureOf(deps, session.did, error)
    })
    return answerOf(nsid, response).catch(async (error: unknown) => {
      throw error instanceof PdsRefused && error.status === 401 ? await failureOf(deps, session.did, error) : error
    })
  }
  const inRepo = (session: Session, collection: string) => ({ repo: session.did, collection })
  const typed = (collection: string, record: Fields) => ({ record: { $type: collection, ...record } })
  return {
    createRecordFor: async (session, collection, record) =>
      writtenOf(await call(session, 'com.atproto.repo.createRecord', { ...inRepo(session, collection), ...typed(collection, record) })),
    putRecordFor: async (session, collection, rkey, record) =>
      writtenOf(await call(session, 'com.atproto.repo.putRecord', { ...inRepo(session, collection), rkey, ...typed(collection, record) })),
    deleteRecordFor: async (session, collection, rkey) =>
      void (await call(session, 'com.atproto.repo.deleteRecord', { ...inRepo(session, collection), rkey })),
  }
}

const post = (oauth: OAuthSession, nsid: string, input: Fields): Promise<Response> =>
  oauth.fetchHandler(`/xrpc/${nsid}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input),
    signal: AbortSignal.timeout(PDS_TIMEOUT_MS),
  })

const restored = async (deps: ResidentWritesDeps, did: string): Promise<OAuthSession> => {
  if (deps.loadClient === null) throw new SignInEnded()
  const { client } = await deps.loadClient()
  try {
    return await client.restore(did)
  } catch (error) {
    throw await failureOf(deps, did, error)
  }
}

/** The client forgets a grant when its server says that it is over, and keeps it when nobody answers. */
const failureOf = async ({ keep, log }: ResidentWritesDeps, did: string, error: unknown): Promise<Error> => {
  if ((await keep.get('grant', did)) === undefined) return new SignInEnded('The grant of this account is over')
  if (error instanceof PdsRefused) return error
  log.warn('pds.unreachable', { error: errorName(error) })
  return new PdsRefused(502, 'UpstreamFailure', 'The PDS does not answer')
}

const writtenOf = (answer: Fields): Written => {
  const { commit } = answer
  const rev = typeof commit === 'object' && commit !== null && 'rev' in commit && typeof commit.rev === 'string' ? commit.rev : null
  return { uri: neededText(answer, 'uri'), cid: neededText(answer, 'cid'), rev }
}
