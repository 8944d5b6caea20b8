// The demo's accounts, made through XRPC like anybody's: host bodies, residents, visitors; and the towns' records about them.

import { nsid } from '../../lexicons/authority.ts'
import { addLogins, type Login } from '../network/folder.ts'
import { newPassword } from '../network/password.ts'
import type { RunningNetwork } from '../network/start-network.ts'
import { createAccount, procedure, putRecord, type Session } from '../xrpc-client.ts'
import { hostBodies, type Person } from './cast.ts'
import { inParallel } from './in-parallel.ts'

export type Cast = { readonly towns: readonly Session[]; readonly hosts: readonly Session[]; readonly people: readonly Session[] }

const CONCURRENCY = 8
const OPS_PER_WRITE = 100
const RESIDENT_SINCE = '2020-04-01'

const account = async (network: RunningNetwork, pds: 0 | 1, handle: string, what: string): Promise<{ session: Session; login: Login }> => {
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
  const hosts = await inParallel(CONCURRENCY, hostBodies, async (host) => {
    const made = await account(network, host.pds, host.handle, `host body ${host.names.ja}`)
    onMade()
    return made
  })
  const residents = await inParallel(CONCURRENCY, people, async (person) => {
    const made = await account(network, person.pds, person.handle, whatOf(person))
    onMade()
    return made
  })
  addLogins(
    dir,
    [...hosts, ...residents].map((one) => one.login),
  )
  return { towns: network.townSessions, hosts: hosts.map((one) => one.session), people: residents.map((one) => one.session) }
}

const createAll = async (session: Session, collection: string, values: readonly Readonly<Record<string, unknown>>[]): Promise<void> => {
  for (let from = 0; from < values.length; from += OPS_PER_WRITE) {
    const writes = values
      .slice(from, from + OPS_PER_WRITE)
      .map((value) => ({ $type: 'com.atproto.repo.applyWrites#create', collection, value: { $type: collection, ...value } }))
    await procedure(session.service, 'com.atproto.repo.applyWrites', { repo: session.did, writes }, session.accessJwt)
  }
}

/** The towns register their host bodies and admit their residents; a few residents choose to show their statements. */
export const registerCast = async (cast: Cast, people: readonly Person[], opened: { from: string; now: string }): Promise<void> => {
  const createdAt = opened.now
  for (const [town, session] of cast.towns.entries()) {
    const hosts = hostBodies.flatMap((host, i) =>
      host.town === town
        ? [{ did: cast.hosts[i]?.did, names: host.names, categories: host.categories, validFrom: opened.from, createdAt }]
        : [],
    )
    const subjects = [
      ...people.map((person, i) => ({ town: person.town, did: cast.people[i]?.did })),
      ...hostBodies.map((host, i) => ({ town: host.town, did: cast.hosts[i]?.did })),
    ]
    const admissions = subjects.flatMap(({ town: home, did }) => (home === town ? [{ subject: did, from: RESIDENT_SINCE, createdAt }] : []))
    await createAll(session, nsid.hostBody, hosts)
    await createAll(session, nsid.admission, admissions)
  }
  for (const [i, person] of people.entries()) {
    const session = cast.people[i]
    if (person.showsStatement && session !== undefined)
      await putRecord(session, nsid.profile, 'self', { displayName: `住民${i + 1}（見本）`, statementVisibility: 'public', createdAt })
  }
}
