// Rows of intake for tests, written as briefly as they can be read: a log that gives each row the next leaf.

import type { IntakeRow, Json, Roster } from '../../appview/journal/model.ts'
import { fieldsOf } from '../../appview/journal/fields.ts'
import { AUTHORITY } from '../../lexicons/authority.ts'

export const KANAZAWA = { code: '172014', did: 'did:web:kanazawa.example' }
export const KOMATSU = { code: '172031', did: 'did:web:komatsu.example' }
export const KAGA = { code: '172065', did: 'did:web:kaga.example' }
export const towns: Roster = [
  { ...KANAZAWA, fromLeaf: 0 },
  { ...KOMATSU, fromLeaf: 0 },
]
export const threeTowns: Roster = [...towns, { ...KAGA, fromLeaf: 0 }]

export const person = (name: string): string => `did:plc:${name.padEnd(24, 'a')}`

type Fields = { readonly [key: string]: Json }

export class Log {
  readonly rows: IntakeRow[] = []
  #leaf = 0
  #now = '2026-04-01T00:00:00.000Z'

  /** Civil time in Asia/Tokyo from here on: 'YYYY-MM-DD' (at 09:00) or an instant. */
  at(time: string): this {
    this.#now = new Date(time.length === 10 ? `${time}T09:00:00+09:00` : time).toISOString()
    return this
  }

  get leaf(): number {
    return this.#leaf
  }

  write(repo: string, name: string, value: Json, options: { key?: string; action?: IntakeRow['action']; payload?: Json } = {}): IntakeRow {
    this.#leaf += 1
    const rkey = options.key ?? `k${this.#leaf}`
    const collection = `${AUTHORITY}.${name}`
    const action = options.action ?? 'create'
    const row: IntakeRow = {
      origin: 'demo/test',
      leaf: this.#leaf,
      op: 0,
      recordedAt: this.#now,
      source: 'record',
      action,
      repo,
      collection,
      rkey,
      uri: `at://${repo}/${collection}/${rkey}`,
      cid: action === 'delete' ? null : `cid${this.#leaf}`,
      value: action === 'delete' ? null : value,
      ...(options.payload === undefined ? {} : { payload: options.payload }),
    }
    this.rows.push(row)
    return row
  }

  delete(row: IntakeRow): IntakeRow {
    return this.write(row.repo, row.collection.slice(AUTHORITY.length + 1), null, { key: row.rkey, action: 'delete' })
  }

  edit(row: IntakeRow, fields: Fields): IntakeRow {
    const value = { ...fieldsOf(row.value), ...fields }
    return this.write(row.repo, row.collection.slice(AUTHORITY.length + 1), value, { key: row.rkey, action: 'update' })
  }

  account(repo: string, status: string | null): IntakeRow {
    this.#leaf += 1
    const account = { active: status === null, status }
    const base = { origin: 'demo/test', leaf: this.#leaf, op: 0, recordedAt: this.#now, source: 'account', action: 'update' } as const
    const row: IntakeRow = { ...base, repo, collection: '', rkey: '', uri: `at://${repo}`, cid: null, value: null, account }
    this.rows.push(row)
    return row
  }

  admit(town: { did: string }, subject: string, from = '2026-04-01', fields: Fields = {}): IntakeRow {
    return this.write(town.did, 'admission', { subject, from, ...fields })
  }

  host(town: { did: string }, did: string, fields: Fields = {}): IntakeRow {
    return this.write(town.did, 'hostBody', { did, names: { ja: '受入機関' }, validFrom: '2026-04-01', ...fields })
  }

  policy(town: { did: string }, fields: Fields = {}): IntakeRow {
    return this.write(town.did, 'policy', { mode: 'none', effectiveFrom: '2026-04-01', ...fields })
  }

  rates(town: { did: string }, fields: Fields = {}): IntakeRow {
    const rates = [{ category: '*', yenPerHour: 1828, method: 'RC-S' }]
    return this.write(town.did, 'rateTable', { rates, source: '内閣府', validFrom: '2026-04-01', ...fields })
  }

  act(repo: string, fields: Fields = {}): IntakeRow {
    const municipality = { scheme: 'jis-x-0402', code: KANAZAWA.code }
    return this.write(repo, 'action', { category: 'community', minutes: 60, performedOn: '2026-05-10', municipality, ...fields })
  }

  confirm(repo: string, action: IntakeRow, fields: Fields = {}): IntakeRow {
    const subject = { uri: action.uri, cid: action.cid }
    return this.write(repo, 'confirmation', { subject, role: 'beneficiary', verdict: 'confirmed', ...fields })
  }

  entry(town: { did: string }, kind: string, payload: Json): IntakeRow {
    return this.write(town.did, 'entry', { kind }, { payload })
  }
}

/** Two towns with rates, A and B admitted in Kanazawa, H a host body there; the clock at 10 May 2026. */
export const smallTown = (): Log => {
  const log = new Log().at('2026-04-01')
  for (const town of [KANAZAWA, KOMATSU]) {
    log.policy(town)
    log.rates(town)
  }
  log.host(KANAZAWA, person('h'))
  for (const name of ['a', 'b', 'h']) log.admit(KANAZAWA, person(name))
  return log.at('2026-05-10')
}
