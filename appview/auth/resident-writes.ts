// Writing for a signed-in resident: into their own repo, through their own PDS, with their own session. An expired access token is renewed once.

import type { Session, Work } from '../store/store.ts'
import { PdsRefused, callPds, neededText } from './pds-call.ts'
import type { Fields } from './pds-call.ts'

export type Written = { readonly uri: string; readonly cid: string; readonly rev: string | null }

export type ResidentWrites = {
  /** Creates a record under a key the PDS chooses. Throws PdsRefused with the PDS's reason. */
  createRecordFor(session: Session, collection: string, record: Fields): Promise<Written>
  putRecordFor(session: Session, collection: string, rkey: string, record: Fields): Promise<Written>
  deleteRecordFor(session: Session, collection: string, rkey: string): Promise<void>
}

export const createResidentWrites = (deps: { readonly work: Work; readonly fetch: typeof fetch }): ResidentWrites => {
  const call = async (session: Session, nsid: string, input: Fields): Promise<Fields> => {
    try {
      return await callPds(deps.fetch, session.pds, nsid, input, session.accessJwt)
    } catch (error) {
      if (!(error instanceof PdsRefused) || !isExpired(error)) throw error
      const renewed = await renew(deps, session)
      return callPds(deps.fetch, renewed.pds, nsid, input, renewed.accessJwt)
    }
  }
  const repoOf = (session: Session, collection: string) => ({ repo: session.did, collection })
  return {
    createRecordFor: async (session, collection, record) =>
      writtenOf(
        await call(session, 'com.atproto.repo.createRecord', {
          ...repoOf(session, collection),
          record: { $type: collection, ...record },
        }),
      ),
    putRecordFor: async (session, collection, rkey, record) =>
      writtenOf(
        await call(session, 'com.atproto.repo.putRecord', {
          ...repoOf(session, collection),
          rkey,
          record: { $type: collection, ...record },
        }),
      ),
    deleteRecordFor: async (session, collection, rkey) =>
      void (await call(session, 'com.atproto.repo.deleteRecord', { ...repoOf(session, collection), rkey })),
  }
}

const isExpired = ({ status, error }: PdsRefused): boolean => status === 401 || error === 'ExpiredToken'

const renew = async (deps: { readonly work: Work; readonly fetch: typeof fetch }, session: Session): Promise<Session> => {
  const answer = await callPds(deps.fetch, session.pds, 'com.atproto.server.refreshSession', null, session.refreshJwt)
  const renewed = { ...session, accessJwt: neededText(answer, 'accessJwt'), refreshJwt: neededText(answer, 'refreshJwt') }
  await deps.work.putSession(renewed)
  return renewed
}

const writtenOf = (answer: Fields): Written => {
  const { commit } = answer
  const rev = typeof commit === 'object' && commit !== null && 'rev' in commit && typeof commit.rev === 'string' ? commit.rev : null
  return { uri: neededText(answer, 'uri'), cid: neededText(answer, 'cid'), rev }
}
