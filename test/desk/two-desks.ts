// Two neighbouring towns on one appview that may publish for both, each with people at its desk: what happens between desks.

import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import { KANAZAWA, KOMATSU, AN_EVENING_IN_MAY, publishFileOf, registerHostBody } from '../support/town.ts'
import type { Member } from '../support/member.ts'
import { World } from '../support/world.ts'
import { atDesk } from './desk-world.ts'

export type Staff = { readonly clerk: Member; readonly approver: Member; readonly admin: Member }

export type TwoDesks = {
  readonly world: World
  /** Kanazawa, with a host body, and Komatsu. */
  readonly town: Member
  readonly host: Member
  readonly neighbour: Member
  readonly here: Staff
  readonly there: Staff
}

export const openTwoDesks = async (): Promise<TwoDesks> => {
  await using stack = new AsyncDisposableStack()
  const world = stack.use(await World.start({ from: AN_EVENING_IN_MAY }))
  const [town, neighbour, host] = [await world.member('kanazawa'), await world.member('komatsu'), await world.member('hosts')]
  await town.openBooks(KANAZAWA, '2025-04-01')
  await neighbour.openBooks(KOMATSU, '2025-04-01')
  const roster = [
    { code: KANAZAWA, did: town.did },
    { code: KOMATSU, did: neighbour.did },
  ]
  await world.openAppview(roster, 'appview', { publishFile: publishFileOf(town, neighbour, host) })
  await registerHostBody(town, host)
  const staffOf = async (of: Member, code: string): Promise<Staff> => {
    const member = async (role: string): Promise<Member> => {
      const one = await world.member(`${role}-of-${code}`)
      await atDesk(of, 'addRole', { did: one.did, role }, code)
      return one
    }
    return { clerk: await member('clerk'), approver: await member('approver'), admin: await member('admin') }
  }
  const [here, there] = [await staffOf(town, KANAZAWA), await staffOf(neighbour, KOMATSU)]
  await world.settled()
  stack.move()
  return { world, town, host, neighbour, here, there }
}

/** Of a stopped appview: what its books refused of these repos. */
export const refusedOf = async (folder: string, repos: readonly string[]): Promise<readonly string[]> => {
  const store = openSqliteStore(`${folder}/appview.sqlite`)
  try {
    const refusals = await Promise.all(repos.map((repo) => store.books.refusals({ repo, limit: 50 })))
    return refusals.flat().map(({ code }) => code)
  } finally {
    await store.close()
  }
}
