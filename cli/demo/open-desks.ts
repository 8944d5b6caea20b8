// The desks begin their work: roles, the register from a file, host bodies, admissions, households; and some residents show their statements.

import { nsid } from '../../lexicons/authority.ts'
import { addPublisher } from '../network/town.ts'
import { createAppPassword, putRecord } from '../xrpc-client.ts'
import { deskOf } from '../network/desk-call.ts'
import { auditor, desks, hostBodies } from './cast.ts'
import { inParallel } from './in-parallel.ts'
import type { Stage, TownIndex } from './stage.ts'

const CONCURRENCY = 8
const RESIDENT_SINCE = '2020-04-01'
const CARDS_HOST = 1
const APP_PASSWORD_NAME = 'waki-appview'
/** Between the register's number and the index in the cast. */
const PREFIXES = ['K', 'C'] as const

export const registerIdOf = (town: TownIndex, index: number): string => `${PREFIXES[town]}-${String(index + 1).padStart(4, '0')}`

export const openDesks = async (stage: Stage): Promise<void> => {
  await grantRoles(stage)
  for (const town of [0, 1] as const) await bringInRegister(stage, town)
  await inParallel(CONCURRENCY, hostBodies, ({ town, names, categories }, i) =>
    stage.desk(town, 'approver', 'registerHostBody', {
      did: stage.cast.hosts[i]?.did,
      names,
      categories: [...new Set(categories)],
      validFrom: stage.calendar.day.opening,
    }),
  )
  const subjects = [
    ...stage.people.map(({ town }, i) => ({ town, did: stage.cast.people[i]?.did })),
    ...hostBodies.map(({ town }, i) => ({ town, did: stage.cast.hosts[i]?.did })),
  ]
  await inParallel(CONCURRENCY, subjects, async ({ town, did }) => {
    if (town !== null) await stage.desk(town, 'clerk', 'admit', { did, from: RESIDENT_SINCE })
  })
  await publishHouseholds(stage)
  await letHostPublish(stage)
  await showStatements(stage)
  await stage.settled()
}

/** Each town gives its two members of staff their roles, and one auditor looks at both. */
const grantRoles = async ({ network, cast, codes }: Stage): Promise<void> => {
  for (const [i, town] of cast.towns.entries()) {
    const ask = deskOf(town, network.urls.appview, codes[i] ?? '')
    const [clerk, approver] = desks[i] ?? desks[0]
    const staff = cast.staff[i]
    for (const role of clerk.roles) await ask('addRole', { did: staff?.clerk.did, role })
    for (const role of approver.roles) await ask('addRole', { did: staff?.approver.did, role })
    for (const role of auditor.roles) await ask('addRole', { did: cast.auditor.did, role })
  }
}

const bringInRegister = async (stage: Stage, town: TownIndex): Promise<void> => {
  const lines = stage.people.flatMap((person, i) =>
    person.town === town
      ? [[registerIdOf(town, i), person.name, stage.cast.people[i]?.did ?? '', RESIDENT_SINCE, person.household ?? ''].join(',')]
      : [],
  )
  await stage.desk(town, 'clerk', 'importRegister', { csv: ['id,name,did,from,household', ...lines, ''].join('\r\n'), apply: true })
}

const publishHouseholds = async (stage: Stage): Promise<void> => {
  for (const town of [0, 1] as const) {
    const names = new Set(stage.people.flatMap((person) => (person.town === town ? (person.household ?? []) : [])))
    for (const household of names) await stage.desk(town, 'clerk', 'publishHousehold', { household })
  }
}

/** The one through which people without an account take part: the appview writes for it what its cards bring. */
const letHostPublish = async ({ cast, dir }: Stage): Promise<void> => {
  const host = cast.hosts[CARDS_HOST]
  if (host !== undefined) addPublisher(dir, host, await createAppPassword(host, APP_PASSWORD_NAME))
}

const showStatements = async ({ people, cast, newest, now }: Stage): Promise<void> => {
  for (const [i, person] of people.entries()) {
    const session = cast.people[i]
    if (!person.showsStatement || session === undefined) continue
    const profile = { displayName: `住民${i + 1}（見本）`, statementVisibility: 'public', createdAt: now.instant }
    newest.note(session, (await putRecord(session, nsid.profile, 'self', profile)).rev)
  }
}
