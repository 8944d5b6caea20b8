// A method of a town's desk, called by a person through the service token of their own PDS, as any app would.

import { writeFileSync } from 'node:fs'
import { deskMethod } from '../../lexicons/authority.ts'
import { required, text, type Arguments } from '../command.ts'
import { queryFile, type Session } from '../xrpc-client.ts'
import { actingSession, townOf } from './acting.ts'
import { procedureAs, queryAs, tokenFor, type Fields } from './as-person.ts'
import { fetchPackedFile } from './fetch-file.ts'
import { existingNetwork } from './folder.ts'
import { urlsOf } from './specs.ts'

export type DeskMethodName = keyof typeof deskMethod
export type { Fields } from './as-person.ts'

/** The desk that --town (or the only town) and --appview (or the network's) name, and who --as names. */
export type Desk = {
  readonly town: string
  ask(name: DeskMethodName, input?: Fields): Promise<Fields>
  /** A file into a file. */
  take(name: DeskMethodName, input: Readonly<Record<string, string>>, out: string): Promise<void>
}

const OWNER_ONLY = 0o600

const isQuery = (name: DeskMethodName): boolean => /^(?:get|list)[A-Z]/.test(name)

export const openDesk = async (args: Arguments): Promise<Desk> => {
  const elsewhere = text(args, 'appview')
  const town = elsewhere === undefined ? townOf(args).code : required(args, 'town', '172014')
  const appview = elsewhere?.replace(/\/$/, '') ?? urlsOf(existingNetwork(text(args, 'data')).file).appview
  const session = await actingSession(
    args,
    text(args, 'as') ?? (elsewhere === undefined ? townOf(args).handle : required(args, 'as', 'HANDLE')),
  )
  return {
    town,
    ask: deskOf(session, appview, town),
    take: async (name, input, out) => {
      const nsid = deskMethod[name]
      const params = new URLSearchParams({ ...input, town })
      const token = await tokenFor(session, appview, nsid)
      if (out.endsWith('.gz')) return fetchPackedFile(`${appview}/xrpc/${nsid}?${params.toString()}`, token, out)
      writeFileSync(out, (await queryFile(appview, nsid, { ...input, town }, token)).bytes, { mode: OWNER_ONLY })
    },
  }
}

/** The desk of a town at an appview, as this person. */
export const deskOf =
  (session: Session, appview: string, town: string): Desk['ask'] =>
  (name, input = {}) => {
    const nsid = deskMethod[name]
    if (!isQuery(name)) return procedureAs(session, appview, nsid, { town, ...input })
    const given: Fields = { ...input, town }
    const params = Object.entries(given).map(([key, value]) => [key, String(value)] as const)
    return queryAs(session, appview, nsid, Object.fromEntries(params))
  }
