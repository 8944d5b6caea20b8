// Methods of an appview called as somebody: with a service token of their own PDS for each call, as any app would.

import { procedure, query, type Session } from '../xrpc-client.ts'
import { didWebOfUrl } from './did-web.ts'

export type Fields = Readonly<Record<string, unknown>>

/** A service token for one call. */
export const tokenFor = async (session: Session, appview: string, lxm: string): Promise<string> => {
  const { token } = await query(session.service, 'com.atproto.server.getServiceAuth', { aud: didWebOfUrl(appview), lxm }, session.accessJwt)
  return String(token)
}

export const procedureAs = async (session: Session, appview: string, nsid: string, input: Fields): Promise<Fields> =>
  procedure(appview, nsid, input, await tokenFor(session, appview, nsid))

export const queryAs = async (session: Session, appview: string, nsid: string, params: Readonly<Record<string, string>>): Promise<Fields> =>
  query(appview, nsid, params, await tokenFor(session, appview, nsid))
