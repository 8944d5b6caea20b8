// The desk part on MongoDB. Its book is the town's: one town's desk can be told from another's by key alone. A deed is one transaction, the outbox
// included; the lines of the audit trail are numbered by the town, and nothing here changes or removes one.

import type { ClientSession, Collection, Db, MongoClient } from 'mongodb'
import { inTurnByKey } from '../../server/in-turn.ts'
import type { AuditRow, Deed, Desk, DeskPart, Draft, EntryPayload, Resident, RoleGrant } from './desk.ts'
import { DeskConflict } from './desk.ts'
import { keyOf, within } from './mongo-keys.ts'
import { atomically } from './mongo-atomic.ts'
import type { MongoWork } from './mongo-work.ts'

type Row = { readonly _id: string; readonly b: string }
type EntryRow = Row & Omit<EntryPayload, 'payload'> & { readonly payload: string }
type DraftRow = Row & Pick<Draft, 'id' | 'kind' | 'state' | 'version'> & { readonly draft: string }
type AuditLine = Row & { readonly seq: number; readonly on: string | null; readonly entry: string }

type Tables = {
  readonly role: Collection<Row & RoleGrant>
  readonly resident: Collection<Row & Resident>
  readonly draft: Collection<DraftRow>
  readonly audit: Collection<AuditLine>
  readonly entry: Collection<EntryRow>
  readonly counter: Collection<Row & { readonly n: number }>
  /** The book of a town's desk. */
  readonly of: (town: string) => string
}

/** What a deed puts into the work part within its own transaction. */
type WorkIn = Pick<MongoWork, 'enqueueIn' | 'keepJobIn'>

export const openDesk = (client: MongoClient, db: Db, book: string, work: WorkIn): Desk => {
  const tables: Tables = {
    role: db.collection<Row & RoleGrant>('desk_role'),
    resident: db.collection<Row & Resident>('desk_resident'),
    draft: db.collection<DraftRow>('desk_draft'),
    audit: db.collection<AuditLine>('desk_audit'),
    entry: db.collection<EntryRow>('desk_entry'),
    counter: db.collection<Row & { readonly n: number }>('desk_counter'),
    of: (town) => keyOf(book, town),
  }
  const persist = openPersist(tables, work)
  /** Deeds of a town number their lines one after the other: those of one process need not run into one another for it. */
  const turn = inTurnByKey()
  return {
    version: (town, part) => versionOf(tables, tables.of(town), part),
    persist: (deed) => turn(deed.town, () => atomically(client, (session) => persist(session, deed))),
    ...openRoles(tables),
    ...openRegister(tables),
    ...openDrafts(tables),
    ...openTrail(tables),
    ...openEntries(client, tables),
  }
}

const openPersist = (tables: Tables, { enqueueIn, keepJobIn }: WorkIn) => {
  const { role, entry, audit, counter } = tables
  return async (session: ClientSession, deed: Deed): Promise<void> => {
    const b = tables.of(deed.town)
    await keepSeen(tables, session, b, deed)
    for (const draft of deed.drafts ?? []) await keepDraft(tables, session, b, draft)
    for (const grant of deed.roles ?? []) {
      const _id = keyOf(b, grant.did, grant.role, grant.from)
      await role.replaceOne({ _id, b }, { b, ...grant }, { session, upsert: true })
    }
    await keepResidents(tables, session, b, deed.residents ?? [])
    const entries = (deed.entries ?? []).map(({ payload, about, ...rest }) => {
      const persons = [...new Set(about)].toSorted()
      return { _id: keyOf(b, rest.commitment), b, ...rest, about: persons, payload: JSON.stringify(payload) }
    })
    if (entries.length > 0) await entry.insertMany(entries, { session })
    if (deed.audit.length > 0) {
      const grown = { session, upsert: true, returnDocument: 'after' } as const
      const last = await counter.findOneAndUpdate({ _id: keyOf(b, 'audit'), b }, { $inc: { n: deed.audit.length } }, grown)
      const first = (last?.n ?? deed.audit.length) - deed.audit.length + 1
      const lines = deed.audit.map((row, index) => {
        const seq = first + index
        return { _id: keyOf(b, seq), b, seq, on: row.on, entry: JSON.stringify(row) }
      })
      await audit.insertMany(lines, { session })
    }
    for (const job of deed.jobs ?? [])
      if (!(await keepJobIn(session, job))) throw new DeskConflict(`job ${job.id} was changed meanwhile`, true)
    for (const row of deed.publish ?? []) await enqueueIn(session, row)
  }
}

/** Two that have seen the same write into the same document: the later one begins again, and finds it moved. */
const keepSeen = async (tables: Tables, session: ClientSession, b: string, { seen }: Deed): Promise<void> => {
  if (seen === undefined) return
  const { part, version } = seen
  if ((await versionOf(tables, b, part, session)) !== version) throw new DeskConflict('what was looked at has changed', true)
  if (typeof part === 'string') await tables.counter.updateOne({ _id: keyOf(b, part), b }, { $inc: { n: 1 } }, { session, upsert: true })
}

const versionOf = async ({ counter, audit }: Tables, b: string, part: DeskPart, session?: ClientSession): Promise<number> => {
  const options = session === undefined ? {} : { session }
  if (typeof part === 'string') return (await counter.findOne({ _id: keyOf(b, part), b }, options))?.n ?? 0
  return (await audit.findOne({ b, on: part.on }, { sort: { seq: -1 }, ...options }))?.seq ?? 0
}

const keepDraft = async ({ draft: table }: Tables, session: ClientSession, b: string, draft: Draft): Promise<void> => {
  const { id, kind, state, version } = draft
  const [_id, text] = [keyOf(b, id), JSON.stringify(draft)]
  const changed =
    version === 1
      ? (await table.updateOne({ _id, b }, { $setOnInsert: { id, kind, state, version, draft: text } }, { session, upsert: true }))
          .upsertedCount
      : (await table.updateOne({ _id, b, version: version - 1 }, { $set: { state, version, draft: text } }, { session })).modifiedCount
  if (changed === 0) throw new DeskConflict(`draft ${id} was changed meanwhile`)
}

const keepResidents = async ({ resident }: Tables, session: ClientSession, b: string, residents: readonly Resident[]): Promise<void> => {
  if (residents.length === 0) return
  const puts = residents.map((one) => ({ replaceOne: { filter: { _id: keyOf(b, one.id), b }, replacement: { b, ...one }, upsert: true } }))
  await resident.bulkWrite(puts, { session })
  const dids = residents.map(({ did }) => did).filter((did) => did !== null)
  const taken = await resident.find({ b, did: { $in: dids } }, { session }).toArray()
  if (new Set(taken.map(({ did }) => did)).size < taken.length) throw new DeskConflict('a DID stands for another resident already')
}

const grantOf = ({ _id, b: _b, ...grant }: Row & RoleGrant): RoleGrant => grant

const openRoles = ({ role, of }: Tables): Pick<Desk, 'roles' | 'rolesOf'> => ({
  roles: async (town) => (await role.find(within(of(town)), { sort: { from: 1, did: 1, role: 1 } }).toArray()).map(grantOf),
  rolesOf: async (town, did) => (await role.find({ ...within(of(town)), did }, { sort: { from: 1, role: 1 } }).toArray()).map(grantOf),
})

const residentOf = ({ _id, b: _b, ...resident }: Row & Resident): Resident => resident

const openRegister = ({ resident, of }: Tables) => {
  const sort = { _id: 1 } as const
  return {
    resident: async (town: string, id: string) => {
      const row = await resident.findOne({ _id: keyOf(of(town), id), b: of(town) })
      return row === null ? null : residentOf(row)
    },
    residentsOf: async (town: string, ids: readonly string[]) => {
      const keys = ids.map((id) => keyOf(of(town), id))
      const found = await resident.find({ b: of(town), _id: { $in: keys } }).toArray()
      return new Map(found.map((row) => [row.id, residentOf(row)]))
    },
    residentsBehind: async (town: string, dids: readonly string[]) => {
      const found = await resident.find({ b: of(town), did: { $in: [...dids] } }).toArray()
      return new Map(found.map((row) => [row.did ?? '', residentOf(row)]))
    },
    household: async (town: string, household: string) =>
      (await resident.find({ b: of(town), household }, { sort }).toArray()).map(residentOf),
    register: async (town: string, { after = '', find = '', limit }: Parameters<Desk['register']>[1]) => {
      const part = { $regex: find.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`) }
      const holds = find === '' ? {} : { $or: [{ name: part }, { id: part }, { did: part }] }
      const behind = { ...within(of(town))._id, $gt: keyOf(of(town), after) }
      return (await resident.find({ b: of(town), _id: behind, ...holds }, { sort, limit }).toArray()).map(residentOf)
    },
    registerSize: (town: string) => resident.countDocuments(within(of(town))),
  }
}

const parseDraft = ({ draft }: { readonly draft: string }): Draft => JSON.parse(draft)

const openDrafts = ({ draft, of }: Tables): Pick<Desk, 'draft' | 'drafts'> => ({
  draft: async (town, id) => {
    const row = await draft.findOne({ _id: keyOf(of(town), id), b: of(town) })
    return row === null ? null : parseDraft(row)
  },
  drafts: async (town, { kind, state, before = '', limit }) => {
    const chosen = { ...(kind === undefined ? {} : { kind }), ...(state === undefined ? {} : { state }) }
    const _id = { ...within(of(town))._id, ...(before === '' ? {} : { $lt: keyOf(of(town), before) }) }
    return (await draft.find({ b: of(town), _id, ...chosen }, { sort: { _id: -1 }, limit }).toArray()).map(parseDraft)
  },
})

const parseAudit = (entry: string): Omit<AuditRow, 'seq'> => JSON.parse(entry)

const openTrail = ({ audit, of }: Tables): Pick<Desk, 'trail'> => ({
  trail: async (town, { before = Number.MAX_SAFE_INTEGER, on, limit }) => {
    const about = on === undefined ? {} : { on }
    const found = await audit.find({ b: of(town), ...about, seq: { $lt: before } }, { sort: { seq: -1 }, limit }).toArray()
    return found.map(({ seq, entry }) => ({ seq, ...parseAudit(entry) }))
  },
})

const entryOf = ({ payload, uri, kind, commitment, salt, about }: EntryRow): EntryPayload => {
  return { uri, kind, commitment, payload: JSON.parse(payload), salt, about }
}

type Entries = Pick<Desk, 'entry' | 'entryAt' | 'entries' | 'entriesAbout' | 'forget'>

const openEntries = (client: MongoClient, { entry, resident, of }: Tables): Entries => ({
  entry: async (town, commitment) => {
    const row = await entry.findOne({ _id: keyOf(of(town), commitment), b: of(town) })
    return row === null ? null : entryOf(row)
  },
  entryAt: async (town, uri) => {
    const row = await entry.findOne({ b: of(town), uri })
    return row === null ? null : entryOf(row)
  },
  entries: async (town, { kind, before = '', limit }) => {
    const chosen = { ...(kind === undefined ? {} : { kind }), ...(before === '' ? {} : { uri: { $lt: before } }) }
    return (await entry.find({ b: of(town), ...chosen }, { sort: { uri: -1 }, limit }).toArray()).map(entryOf)
  },
  entriesAbout: async (town, did) => (await entry.find({ b: of(town), about: did }, { sort: { uri: -1 } }).toArray()).map(entryOf),
  forget: (town, did) =>
    atomically(client, async (session) => {
      await entry.updateMany({ b: of(town), about: did }, { $set: { payload: 'null', salt: null, about: [] } }, { session })
      await resident.deleteMany({ b: of(town), did }, { session })
    }),
})
