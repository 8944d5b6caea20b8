// Somebody with an account: writes records as any app would, and asks the appview as themselves with a service token of their PDS.

import { nonce } from '../../atproto/nonce.ts'
import { nsid } from '../../lexicons/authority.ts'
import { createRecord, deleteRecord, procedure, putRecord, query } from '../../cli/xrpc-client.ts'
import type { Session, WrittenRecord } from '../../cli/xrpc-client.ts'
import type { Json } from './asking.ts'
import type { World } from './world.ts'

export type Record = Json
export type Reference = Pick<WrittenRecord, 'uri' | 'cid'>

export class Member {
  readonly world: World
  readonly session: Session

  constructor(world: World, session: Session) {
    this.world = world
    this.session = session
  }

  get did(): string {
    return this.session.did
  }

  get now(): string {
    return new Date(this.world.clock.civilMs()).toISOString()
  }

  /** The civil date in Asia/Tokyo. */
  get today(): string {
    return new Date(this.world.clock.civilMs() + 9 * 3_600_000).toISOString().slice(0, 10)
  }

  async create(collection: string, record: Record): Promise<WrittenRecord> {
    return this.#noted(await createRecord(this.session, collection, { createdAt: this.now, ...record }))
  }

  async put(collection: string, rkey: string, record: Record): Promise<WrittenRecord> {
    return this.#noted(await putRecord(this.session, collection, rkey, { createdAt: this.now, ...record }))
  }

  async remove(uri: string): Promise<void> {
    const [, , , collection = '', rkey = ''] = uri.split('/')
    this.world.wrote(this.did, await deleteRecord(this.session, collection, rkey))
  }

  /** An action of today, an hour for the environment unless told otherwise. */
  act(code: string, more: Record = {}): Promise<WrittenRecord> {
    return this.create(nsid.action, this.action(code, more))
  }

  action(code: string, more: Record = {}): Record {
    const municipality = { scheme: 'jis-x-0402', code }
    return { category: 'environment', minutes: 60, performedOn: this.today, municipality, nonce: nonce(), createdAt: this.now, ...more }
  }

  confirm({ uri, cid }: Reference, more: Record = {}): Promise<WrittenRecord> {
    return this.create(nsid.confirmation, { subject: { uri, cid }, role: 'beneficiary', verdict: 'confirmed', nonce: nonce(), ...more })
  }

  admit(subject: Member | string, more: Record = {}): Promise<WrittenRecord> {
    return this.create(nsid.admission, {
      subject: typeof subject === 'string' ? subject : subject.did,
      from: '2020-01-01',
      nonce: nonce(),
      ...more,
    })
  }

  /** The first records of a town: who it is, its policy (time only), its rate table. */
  async openBooks(code: string, from: string, more: Record = {}): Promise<void> {
    await this.put(nsid.municipality, 'self', { code, names: { ja: `町${code}`, en: `Town ${code}` }, tier: 'municipality' })
    await this.create(nsid.policy, { mode: 'none', effectiveFrom: from, timeLevel: 1, claimDays: 90, ...more })
    const rates = [{ category: '*', yenPerHour: 1828, method: 'RC-S' }]
    await this.create(nsid.rateTable, { rates, source: '内閣府 2016', validFrom: from })
  }

  /** Proves to an appview for a few minutes that this account calls this method. */
  async tokenFor(method: string, appview = this.world.appview.url): Promise<string> {
    const asked = { aud: `did:web:${encodeURIComponent(new URL(appview).host)}#waki_appview`, lxm: method }
    const { token } = await query(this.session.service, 'com.atproto.server.getServiceAuth', asked, this.session.accessJwt)
    return String(token)
  }

  /** Asks an appview as this account. Throws XrpcRefused. */
  async ask(method: string, params: Readonly<{ [name: string]: string }>, appview = this.world.appview.url): Promise<Json> {
    return query(appview, method, params, await this.tokenFor(method, appview))
  }

  /** Calls a procedure of an appview as this account. Throws XrpcRefused. */
  async tell(method: string, input: Json, appview = this.world.appview.url): Promise<Json> {
    return procedure(appview, method, input, await this.tokenFor(method, appview))
  }

  async deactivate(): Promise<void> {
    this.world.stopped(this.did)
    await procedure(this.session.service, 'com.atproto.server.deactivateAccount', {}, this.session.accessJwt)
  }

  async activate(): Promise<void> {
    await procedure(this.session.service, 'com.atproto.server.activateAccount', undefined, this.session.accessJwt)
  }

  #noted(written: WrittenRecord): WrittenRecord {
    this.world.wrote(this.did, written.rev)
    return written
  }
}
