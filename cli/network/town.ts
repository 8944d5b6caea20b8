// A municipality joins: its account, its app password for the appview's outbox, its line in the roster, and the records that open its books.

import { existsSync, readFileSync } from 'node:fs'
import { nsid } from '../../lexicons/authority.ts'
import { createAccount, createAppPassword, createRecord, putRecord, type Session } from '../xrpc-client.ts'
import { addLogins, publishFile, rosterFile, writeJson, type Login, type Town } from './folder.ts'
import { newPassword } from './password.ts'

export type TownPlan = {
  readonly code: string
  readonly names: { readonly ja: string; readonly en: string }
  readonly handle: string
  readonly pds: string
}

/** ¥1,828 an hour: the Cabinet Office's specialist replacement cost for volunteer work (2016), for every category not listed. */
const DEFAULT_RATES = [{ category: '*', yenPerHour: 1828, method: 'RC-S' }]
const RATE_SOURCE = '内閣府「家事活動等の評価について」2016年'
const CLAIM_DAYS = 90
const APP_PASSWORD_NAME = 'waki-appview'

const readJsonObject = (path: string): Record<string, unknown> => {
  if (!existsSync(path)) return {}
  const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

const addToRoster = (dir: string, town: Town): void => {
  const roster = readJsonObject(rosterFile(dir))
  const towns: unknown[] = Array.isArray(roster['towns']) ? roster['towns'] : []
  writeJson(rosterFile(dir), { towns: [...towns, { code: town.code, did: town.did, fromLeaf: 1 }] })
}

/** The appview may write as this account from now on. */
export const addPublisher = (dir: string, { did, handle, service }: Session, appPassword: string): void =>
  writeJson(publishFile(dir), { ...readJsonObject(publishFile(dir)), [did]: { pds: service, identifier: handle, appPassword } })

/** Creates the account and writes the roster and publish files; the town's records follow by `openTownBooks`. */
export const createTown = async (dir: string, plan: TownPlan): Promise<{ town: Town; session: Session }> => {
  const password = newPassword()
  const session = await createAccount(plan.pds, { handle: plan.handle, email: `office@${plan.handle}`, password })
  const town: Town = { code: plan.code, names: plan.names, did: session.did, handle: plan.handle, pds: plan.pds }
  const login: Login = {
    handle: plan.handle,
    did: session.did,
    pds: plan.pds,
    password,
    what: `${plan.names.ja} ${plan.names.en} (municipality ${plan.code})`,
  }
  addLogins(dir, [login])
  addPublisher(dir, session, await createAppPassword(session, APP_PASSWORD_NAME))
  addToRoster(dir, town)
  return { town, session }
}

/** The first records of a town: who it is, its policy (time only), its rate table. `from` is a civil date. */
export const openTownBooks = async (
  session: Session,
  plan: TownPlan,
  opened: { from: string; now: string; appviewDid: string },
): Promise<void> => {
  const createdAt = opened.now
  await putRecord(session, nsid.municipality, 'self', {
    code: plan.code,
    names: plan.names,
    tier: 'municipality',
    appview: opened.appviewDid,
    timezone: 'Asia/Tokyo',
    createdAt,
  })
  await createRecord(session, nsid.policy, { mode: 'none', effectiveFrom: opened.from, timeLevel: 1, claimDays: CLAIM_DAYS, createdAt })
  await createRecord(session, nsid.rateTable, { rates: DEFAULT_RATES, source: RATE_SOURCE, validFrom: opened.from, createdAt })
}
