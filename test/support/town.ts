// A world with a town whose books are open: its account, its residents, its appview; and the audits of all their folders at the end.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { auditAppviewInNetwork } from '../../cli/commands/audit.ts'
import { nsid } from '../../lexicons/authority.ts'
import { auditPds } from '../../pds/audit.ts'
import { auditRelay } from '../../relay/audit.ts'
import type { Json } from './asking.ts'
import type { Member } from './member.ts'
import { PASSWORD, World, type WorldOptions } from './world.ts'

export const KANAZAWA = '172014'
export const KOMATSU = '172031'
export const KAGA = '172065'
/** 10 May 2026, 18:00 in Japan. */
export const AN_EVENING_IN_MAY = '2026-05-10T09:00:00.000Z'

export type TownWorld = { readonly world: World; readonly town: Member }

/** One town, Kanazawa, that opened its books on 1 April. */
export const openTown = async (options: WorldOptions = {}): Promise<TownWorld> => {
  await using stack = new AsyncDisposableStack()
  const world = stack.use(await World.start({ from: AN_EVENING_IN_MAY, ...options }))
  const town = await world.member('kanazawa')
  await town.openBooks(KANAZAWA, '2026-04-01')
  await world.openAppview([{ code: KANAZAWA, did: town.did }])
  stack.move()
  return { world, town }
}

/** Accounts by these names on PDS `index`, all admitted. */
export const residents = async (town: Member, names: readonly string[], index = 0): Promise<Member[]> => {
  const members: Member[] = []
  for (const name of names) {
    const member = await town.world.member(name, index)
    await town.admit(member)
    members.push(member)
  }
  return members
}

/** The file that lets an appview publish as these. */
export const publishFileOf = (...members: readonly [Member, ...Member[]]): string => {
  const file = join(members[0].world.dir, 'publish.json')
  const accounts = members.map(({ did, session: { service, handle } }): [string, Json] => [
    did,
    { pds: service, identifier: handle, appPassword: PASSWORD },
  ])
  writeFileSync(file, JSON.stringify(Object.fromEntries(accounts)), { mode: 0o600 })
  return file
}

export const registerHostBody = (town: Member, body: Member, more: Json = {}): Promise<unknown> =>
  town.create(nsid.hostBody, { did: body.did, names: { ja: '受入機関' }, validFrom: '2026-04-01', ...more })

/** Stops all servers and has every folder's auditor look at what they stored; at least one appview. */
export const closeAndAudit = async (world: World, appviews: readonly string[] = ['appview']): Promise<void> => {
  const pdsCount = world.pds.length
  await world.closeServers()
  const found: string[] = []
  const note = (name: string, { problems }: Awaited<ReturnType<typeof auditPds>>): void =>
    void found.push(...problems.map(({ where, what }) => `${name} ${where}: ${what}`))
  for (let index = 1; index <= pdsCount; index++) note(`pds${index}`, await auditPds(world.folder(`pds${index}`)))
  note('relay', await auditRelay(world.folder('relay')))
  for (const name of appviews) note(name, await auditAppviewInNetwork(world.folder(name)))
  assert.deepEqual(found, [])
}
