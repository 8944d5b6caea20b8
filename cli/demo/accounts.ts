// The demo's accounts, made through XRPC like anybody's: host bodies, the staff of the desks, an auditor, residents, visitors.

import { addLogins, type Login } from '../network/folder.ts'
import { newPassword } from '../network/password.ts'
import type { RunningNetwork } from '../network/start-network.ts'
import { createAccount, type Session } from '../xrpc-client.ts'
import { auditor, desks, hostBodies, type Person } from './cast.ts'
import { inParallel } from './in-parallel.ts'

export type Staff = { readonly clerk: Session; readonly approver: Session }
export type Cast = {
  readonly towns: readonly Session[]
  readonly staff: readonly Staff[]
  readonly auditor: Session
  readonly hosts: readonly Session[]
  readonly people: readonly Session[]
}

const CONCURRENCY = 8

type Made = { readonly session: Session; readonly login: Login }

const account = async (network: RunningNetwork, pds: 0 | 1, handle: string, what: string): Promise<Made> => {
  const url = network.urls.pds[pds] ?? ''
  const password = newPassword()
  const session = await createAccount(url, { handle, email: `${handle.split('.')[0]}@example.com`, password })
  return { session, login: { handle, did: session.did, pds: url, password, what } }
}

/** Creates all accounts; `onMade` is called after each. Logins go to the network's logins file. */
export const createCast = async (network: RunningNetwork, dir: string, people: readonly Person[], onMade: () => void): Promise<Cast> => {
  const towns = network.file().towns
  const whatOf = (person: Person): string => {
    if (person.town === null) return 'visitor, not admitted'
    return `resident of ${towns[person.town]?.names.ja}${person.showsStatement ? ', shows the statement to everybody' : ''}`
  }
  const make = async (one: { pds: 0 | 1; handle: string }, what: string): Promise<Made> => {
    const made = await account(network, one.pds, one.handle, what)
    onMade()
    return made
  }
  const hosts = await inParallel(CONCURRENCY, hostBodies, (host) => make(host, `host body ${host.names.ja}`))
  const [clerks, approvers] = await inParallel(2, [0, 1] as const, (k) =>
    inParallel(CONCURRENCY, desks, (desk, town) => make(desk[k], `staff of ${towns[town]?.names.ja}: ${desk[k].roles.join(', ')}`)),
  )
  const looking = await make(auditor, `auditor of ${towns.map(({ names }) => names.ja).join(' and ')}`)
  const residents = await inParallel(CONCURRENCY, people, (person) => make(person, whatOf(person)))
  const staff = desks.map((_, town) => ({ clerk: madeAt(clerks, town).session, approver: madeAt(approvers, town).session }))
  const all = [...hosts, ...(clerks ?? []), ...(approvers ?? []), looking, ...residents]
  addLogins(
    dir,
    all.map(({ login }) => login),
  )
  const sessionsOf = (list: readonly Made[]): readonly Session[] => list.map(({ session }) => session)
  return { towns: network.townSessions, staff, auditor: looking.session, hosts: sessionsOf(hosts), people: sessionsOf(residents) }
}

const madeAt = (made: readonly Made[] | undefined, index: number): Made => {
  const one = made?.[index]
  if (one === undefined) throw new RangeError(`no account was made for desk ${index}`)
  return one
}
