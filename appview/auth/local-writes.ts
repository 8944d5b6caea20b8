// Writing for a signed-in resident: into their own repo, through their own PDS, with their own session. An expired access token is renewed once.

import type { LocalSession, Session, Work } from '../store/work.ts'
import { PdsRefused, callPds, neededText } from './pds-call.ts'
import type { Fields } from './pds-call.ts'
import type { ResidentWrites, Written } from './resident-writes.ts'

export const createLocalWrites = (deps: { readonly work: Work; readonly fetch: typeof fetch }): ResidentWrites => {
  const call = async (signedIn: Session, nsid: string, input: Fields): Promise<Fields> => {
    const session = parseLocal(signedIn)
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

const parseLocal = (session: Session): LocalSession => session as LocalSession

const isExpired = ({ status, error }: PdsRefused): boolean => status === 401 || error === 'ExpiredToken'

const renew = async (deps: { readonly work: Work; readonly fetch: typeof fetch }, session: LocalSession): Promise<LocalSession> => {
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
