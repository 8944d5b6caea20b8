// A network with a town whose appview may publish for it, its host body, and people who work at its desk: what stories of the desk begin with.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createAppPassword, procedure, query } from '../../cli/xrpc-client.ts'
import { deskMethod } from '../../lexicons/authority.ts'
import { eventually, parseJson, type Json } from '../support/asking.ts'
import { Member } from '../support/member.ts'
import { AN_EVENING_IN_MAY, KANAZAWA, registerHostBody } from '../support/town.ts'
import { World } from '../support/world.ts'

export type DeskWorld = {
  readonly world: World
  readonly town: Member
  readonly host: Member
  /** clerk, approver, admin, auditor: each holds that role, and no other. */
  readonly clerk: Member
  readonly approver: Member
  readonly admin: Member
  readonly auditor: Member
}

export type DeskName = keyof typeof deskMethod

/** Asks the desk as somebody. Throws XrpcRefused. */
export const atDesk = async (who: Member, name: DeskName, input: Json = {}, town = KANAZAWA): Promise<Json> => {
  const nsid = deskMethod[name]
  const appview = who.world.appview.url
  const aud = `did:web:${encodeURIComponent(new URL(appview).host)}`
  const { token } = await query(who.session.service, 'com.atproto.server.getServiceAuth', { aud, lxm: nsid }, who.session.accessJwt)
  if (!/^(?:get|list)/.test(name)) return procedure(appview, nsid, { town, ...input }, String(token))
  const asked: Json = { town, ...input }
  const params = Object.fromEntries(Object.entries(asked).map(([key, value]) => [key, String(value)]))
  return query(appview, nsid, params, String(token))
}

/** The first code with which the desk refuses. */
export const refusalAt = async (who: Member, name: DeskName, input: Json = {}, town = KANAZAWA): Promise<string> => {
  try {
    await atDesk(who, name, input, town)
  } catch (error) {
    const message = error instanceof Error ? error.message : ''
    return /^(?:line \d+: )?([a-zA-Z]+\.[a-z-]+): /.exec(message)?.[1] ?? assert.fail(message)
  }
  return assert.fail(`${name} was not refused: ${JSON.stringify(input)}`)
}

export const openDeskWorld = async ({ hasAccount = true, hostHasAccount = true } = {}): Promise<DeskWorld> => {
  await using stack = new AsyncDisposableStack()
  const world = stack.use(await World.start({ from: AN_EVENING_IN_MAY }))
  const town = await world.member('kanazawa')
  const host = await world.member('hosts')
  await town.openBooks(KANAZAWA, '2026-04-01')
  const accounts: Record<string, unknown> = {}
  for (const member of [...(hasAccount ? [town] : []), ...(hostHasAccount ? [host] : [])])
    accounts[member.did] = {
      pds: member.session.service,
      identifier: member.did,
      appPassword: await createAppPassword(member.session, 'appview'),
    }
  const publishFile = join(world.dir, 'publish.json')
  writeFileSync(publishFile, JSON.stringify(accounts), { mode: 0o600 })
  await world.openAppview([{ code: KANAZAWA, did: town.did }], 'appview', { publishFile })
  await registerHostBody(town, host)
  const staff = async (role: string): Promise<Member> => {
    const member = await world.member(`the-${role}`)
    await atDesk(town, 'addRole', { did: member.did, role })
    return member
  }
  const [clerk, approver, admin, auditor] = [await staff('clerk'), await staff('approver'), await staff('admin'), await staff('auditor')]
  await world.settled()
  stack.move()
  return { world, town, host, clerk, approver, admin, auditor }
}

/** From here on the appview cannot reach the PDS: what the desk publishes waits in its store until what this gives is called. */
export const holdBack = async ({ world, town }: Pick<DeskWorld, 'world' | 'town'>): Promise<() => Promise<void>> => {
  const publishFile = join(world.dir, 'publish.json')
  const whole = readFileSync(publishFile, 'utf8')
  const restart = async (accounts: string): Promise<void> => {
    await world.closeAppview(world.appview)
    writeFileSync(publishFile, accounts, { mode: 0o600 })
    await world.openAppview([{ code: KANAZAWA, did: town.did }], 'appview', { publishFile })
  }
  await restart(world.pds.reduce((text, { url }) => text.replaceAll(url, 'http://127.0.0.1:9'), whole))
  return () => restart(whole)
}

/** Waits until the books hold a record that the desk published, at this uri. */
export const untilBooked = async ({ world, town }: Pick<DeskWorld, 'world' | 'town'>, uri: string): Promise<void> => {
  await eventually(
    async () => {
      const [, , repo = '', collection = '', rkey = ''] = uri.split('/')
      const found = await query(town.session.service, 'com.atproto.repo.getRecord', { repo, collection, rkey }).catch(() => ({}))
      return parseJson(found)['cid']
    },
    (cid) => typeof cid === 'string',
    `${uri} is published`,
  )
  const { rev } = parseJson(
    await (await fetch(`${town.session.service}/xrpc/com.atproto.sync.getLatestCommit?did=${uri.split('/')[2] ?? ''}`)).json(),
  )
  world.wrote(uri.split('/')[2] ?? '', String(rev))
  await world.settled()
}
