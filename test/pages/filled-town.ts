// A town with eight months of mutual aid, for page tests: residents, two host bodies, acts in every state a page can show. Sample data by its origin.

import { nsid } from '../../lexicons/authority.ts'
import type { Member } from '../support/member.ts'
import { KANAZAWA, registerHostBody, residents } from '../support/town.ts'
import { World } from '../support/world.ts'

export type FilledTown = {
  readonly world: World
  readonly town: Member
  readonly people: readonly Member[]
  readonly host: Member
  /** The first of the people: asked to confirm, with records in every state. */
  readonly aoi: Member
  /** Of aoi's records, by what became of them. */
  readonly acts: Readonly<Record<'recognised' | 'waiting' | 'refused' | 'lapsed' | 'rejected', string>>
}

const NAMES = ['aoi', 'ben', 'chie', 'dai', 'emi', 'fumi', 'goro', 'hana', 'iori', 'jun', 'kei', 'lin', 'mio', 'nao']
const MONTHS = ['2026-04', '2026-05', '2026-06', '2026-07', '2026-08', '2026-09', '2026-10', '2026-11']
const CATEGORIES = ['elderly', 'children', 'culture', 'safety', 'elderly', 'children', 'health']
const LAST_DAY = '2026-11-21T03:00:00.000Z'

const noonOf = (month: string, day: number): string => `${month}-${String(day).padStart(2, '0')}T03:00:00.000Z`

/** Everybody helps somebody, and on another day everybody cleans the park. */
const fillMonth = async (people: readonly Member[], host: Member, month: string, at: number): Promise<void> => {
  const { world } = host
  world.step(noonOf(month, 8))
  for (const [i, giver] of people.entries()) {
    const receiver = people[(i + 1 + at) % people.length] ?? giver
    const category = CATEGORIES[(i + at) % CATEGORIES.length] ?? 'other'
    const act = await giver.act(KANAZAWA, { category, minutes: 30 + 15 * ((i * 7 + at * 3) % 10) })
    if (receiver !== giver) await receiver.confirm(act)
  }
  await world.settled()
  world.step(noonOf(month, 15))
  for (const [i, giver] of people.entries()) {
    if ((i + at) % 2 === 1) continue
    const category = (i + at) % 4 === 0 ? 'environment' : 'community'
    const act = await giver.act(KANAZAWA, { category, minutes: 120, hostBody: host.did, beneficiaries: [{ class: 'public' }] })
    await host.confirm(act, { role: 'hostBody' })
  }
  await world.settled()
}

const rkeyOf = ({ uri }: { readonly uri: string }): string => uri.split('/').at(-1) ?? ''

export const fillTown = async (): Promise<FilledTown> => {
  const world = await World.start({ from: '2026-04-01T00:00:00.000Z' })
  const town = await world.member('kanazawa')
  await town.openBooks(KANAZAWA, '2026-04-01')
  await town.put(nsid.municipality, 'self', { code: KANAZAWA, names: { ja: '金沢市', en: 'Kanazawa City' }, tier: 'municipality' })
  await world.openAppview([{ code: KANAZAWA, did: town.did }])
  const people = await residents(town, NAMES)
  const host = await world.member('saigawa')
  await registerHostBody(town, host, { names: { ja: '犀川をきれいにする会', en: 'Friends of the Sai River' } })
  await world.settled()
  const [aoi, ben] = people
  if (aoi === undefined || ben === undefined) throw new Error('the town has people')
  let lapsed = { uri: '' }
  for (const [at, month] of MONTHS.entries()) {
    await fillMonth(people, host, month, at)
    if (at === 0) lapsed = await aoi.act(KANAZAWA, { category: 'culture', minutes: 45 })
  }
  world.step(LAST_DAY)
  const recognised = await aoi.act(KANAZAWA, { category: 'elderly', minutes: 90 })
  await ben.confirm(recognised)
  const waiting = await aoi.act(KANAZAWA, { category: 'children', minutes: 45, hostBody: host.did })
  const refused = await aoi.act(KANAZAWA, { category: 'other', minutes: 30, performedOn: '2026-01-05' })
  const rejected = await aoi.act(KANAZAWA, { category: 'safety', minutes: 60, hostBody: host.did })
  await host.confirm(rejected, { role: 'hostBody', verdict: 'rejected' })
  await ben.act(KANAZAWA, { category: 'culture', minutes: 60, beneficiaries: [{ class: 'person', did: aoi.did }] })
  await ben.act(KANAZAWA, { category: 'community', minutes: 105, beneficiaries: [{ class: 'person', did: aoi.did }] })
  await ben.put(nsid.profile, 'self', { statementVisibility: 'public' })
  await host.put(nsid.profile, 'self', { statementVisibility: 'public' })
  await world.settled()
  const acts = {
    recognised: rkeyOf(recognised),
    waiting: rkeyOf(waiting),
    refused: rkeyOf(refused),
    lapsed: rkeyOf(lapsed),
    rejected: rkeyOf(rejected),
  }
  return { world, town, people, host, aoi, acts }
}
