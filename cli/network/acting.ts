// Who a command acts as: a login that the local network keeps, or any account on any PDS by its own address and password.

import { text, required, CommandRefused, type Arguments, type Options } from '../command.ts'
import { createSession, query, type Session } from '../xrpc-client.ts'
import { existingNetwork, readLogins, type Town } from './folder.ts'
import { handleDomain, urlsOf } from './specs.ts'

/** Options that every acting command takes. */
export const actingOptions: Options = {
  as: { type: 'string' },
  password: { type: 'string' },
  pds: { type: 'string' },
  data: { type: 'string' },
}
export const ACTING_USAGE = '--as HANDLE [--password P] [--pds URL] [--data DIR]'

/** Signs in. The password comes from --password, WAKI_PASSWORD, or the logins of the local network. */
export const actingSession = async (args: Arguments, handle = required(args, 'as', 'aoi.pds1.test')): Promise<Session> => {
  const pdsOption = text(args, 'pds')
  const given = text(args, 'password') ?? process.env['WAKI_PASSWORD']
  if (pdsOption !== undefined && given !== undefined) return createSession(pdsOption.replace(/\/$/, ''), handle, given)
  const { dir } = existingNetwork(text(args, 'data'))
  const login = readLogins(dir).find((one) => one.handle === handle || one.did === handle)
  if (login === undefined && given === undefined)
    throw new CommandRefused(
      `no login of ${handle} is kept in ${dir}; give --password (or WAKI_PASSWORD), or create it with \`npx waki account create --handle ${handle}\``,
    )
  return createSession(pdsOption ?? login?.pds ?? localPds(args, handle), handle, given ?? login?.password ?? '')
}

/** The local PDS that serves a handle's domain. */
export const localPds = (args: Arguments, handle: string): string => {
  const { file } = existingNetwork(text(args, 'data'))
  const urls = urlsOf(file).pds
  const found = urls.find((_, i) => handle.endsWith(handleDomain(i)))
  if (found === undefined)
    throw new CommandRefused(
      `no PDS of this network serves ${handle}; its handles end in ${urls.map((_, i) => handleDomain(i)).join(' or ')}, elsewhere name the PDS with --pds URL`,
    )
  return found
}

/** The town that --town names, or the only one. */
export const townOf = (args: Arguments): Town => {
  const { file } = existingNetwork(text(args, 'data'))
  const code = text(args, 'town')
  const known = file.towns.map((town) => `${town.code} (${town.names.ja})`).join(', ')
  const found = code === undefined && file.towns.length === 1 ? file.towns[0] : file.towns.find((town) => town.code === code)
  if (found === undefined)
    throw new CommandRefused(code === undefined ? `name a town with --town CODE: ${known}` : `there is no town ${code} here, only ${known}`)
  return found
}

/** The DID behind a DID or a local handle. */
export const didOf = async (args: Arguments, subject: string): Promise<string> => {
  if (subject.startsWith('did:')) return subject
  const answer = await query(localPds(args, subject), 'com.atproto.identity.resolveHandle', { handle: subject })
  const did = answer['did']
  if (typeof did !== 'string') throw new CommandRefused(`${subject} has no DID`)
  return did
}
