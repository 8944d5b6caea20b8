// A demo to look at: started once, then asked as anybody, or as one of the logins it left.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { queryAs } from '../../cli/network/as-person.ts'
import { deskOf, type DeskMethodName } from '../../cli/network/desk-call.ts'
import type { Login } from '../../cli/network/folder.ts'
import { createSession } from '../../cli/xrpc-client.ts'
import { method } from '../../lexicons/authority.ts'
import { systemClock } from '../../server/clock.ts'
import { getJson, listIn, parseJson, type Json } from '../support/asking.ts'
import { LocalNetwork, type Urls } from '../support/local-network.ts'

export const KANAZAWA = '172014'
export const KOMATSU = '172031'
const PAGE = '100'

export class DemoVisit {
  readonly network = new LocalNetwork()
  urls: Urls = { plc: '', pds: [], relay: '', appview: '' }
  tookS = 0

  async start(): Promise<void> {
    const clock = systemClock()
    const began = clock.monotonicMs()
    this.urls = await this.network.start('--demo')
    this.tookS = Math.round((clock.monotonicMs() - began) / 100) / 10
  }

  get logins(): readonly Login[] {
    return JSON.parse(readFileSync(join(this.network.data, 'logins.json'), 'utf8'))
  }

  /** Those whose line begins so. */
  loginsOf(what: string): readonly Login[] {
    return this.logins.filter((login) => login.what.startsWith(what))
  }

  async session(handle: string) {
    const login = this.logins.find((one) => one.handle === handle) ?? assert.fail(`${handle} has a login`)
    return createSession(login.pds, login.did, login.password)
  }

  async askAs(handle: string, nsid: string, params: Readonly<Record<string, string>>): Promise<Json> {
    return queryAs(await this.session(handle), this.urls.appview, nsid, params)
  }

  async desk(handle: string, name: DeskMethodName, input: Json = {}, town = KANAZAWA): Promise<Json> {
    return deskOf(await this.session(handle), this.urls.appview, town)(name, input)
  }

  /** All pages of a list of the desk. */
  async deskList(handle: string, name: DeskMethodName, list: string, input: Json = {}): Promise<readonly Json[]> {
    const found: Json[] = []
    for (let cursor: unknown; ;) {
      const page = await this.desk(handle, name, { limit: PAGE, ...input, ...(cursor === undefined ? {} : { cursor }) })
      found.push(...listIn(page, list))
      cursor = page['cursor']
      if (cursor === undefined) return found
    }
  }

  /** The journal of a town, whole, as the auditor sees it. */
  async journal(handle: string, scope: string): Promise<readonly Json[]> {
    const session = await this.session(handle)
    const found: Json[] = []
    for (let cursor: string | undefined; ;) {
      const page = parseJson(
        await queryAs(session, this.urls.appview, method.listJournal, { scope, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) }),
      )
      found.push(...listIn(page, 'transactions'))
      if (typeof page['cursor'] !== 'string') return found
      cursor = page['cursor']
    }
  }

  /** As anybody. */
  async statement(scope: string, more: Readonly<Record<string, string>> = {}): Promise<Json> {
    return getJson(`${this.urls.appview}/xrpc/${method.getStatement}?${new URLSearchParams({ scope, ...more }).toString()}`)
  }

  /** What a page says, without its marks. */
  async page(path: string): Promise<string> {
    const response = await fetch(`${this.urls.appview}${path}`)
    assert.equal(response.status, 200, path)
    return (await response.text()).replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')
  }
}
