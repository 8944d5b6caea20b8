// The desk part on SQLite. A deed is one immediate transaction, the outbox included. The audit trail's table refuses to be changed.

import type { Database } from '../../server/sqlite.ts'
import type { AuditRow, Deed, Desk, DeskPart, DeskRole, Draft, EntryPayload, Resident, RoleGrant } from './desk.ts'
import { DESK_ROLES, DeskConflict } from './desk.ts'
import { openJobWrites } from './sqlite-jobs.ts'

export const deskVersionsSql = `
CREATE TABLE desk_version (town TEXT NOT NULL, part TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (town, part)) WITHOUT ROWID;
`

export const openDesk = (db: Database): Desk => ({
  ...openPersist(db),
  ...openRoles(db),
  ...openRegister(db),
  ...openDrafts(db),
  ...openTrail(db),
  ...openEntries(db),
})

const openPersist = (db: Database): Pick<Desk, 'version' | 'persist'> => {
  const writes = openWrites(db)
  const versions = openVersions(db)
  const jobs = openJobWrites(db)
  const kept = db.transaction((deed: Deed) => {
    const { town, seen } = deed
    if (seen !== undefined && versions.read(town, seen.part) !== seen.version)
      throw new DeskConflict('what was looked at has changed', true)
    if (typeof seen?.part === 'string') versions.raise(town, seen.part)
    for (const draft of deed.drafts ?? []) writes.draft(town, draft)
    for (const grant of deed.roles ?? []) writes.role(town, grant)
    // Two may exchange their DIDs in one import.
    for (const { id } of deed.residents ?? []) writes.loosen(town, id)
    for (const resident of deed.residents ?? []) writes.resident(town, resident)
    for (const entry of deed.entries ?? []) writes.entry(town, entry)
    for (const job of deed.jobs ?? [])
      if (!(job.version === 1 ? jobs.add(job) : jobs.change(job))) throw new DeskConflict(`job ${job.id} was changed meanwhile`, true)
    for (const row of deed.audit) writes.audit(town, row)
    for (const { repo, collection, rkey, verb, record, since = null } of deed.publish ?? [])
      writes.publish.run(repo, collection, rkey, verb, JSON.stringify(record), since)
  })
  return {
    version: async (town, part) => versions.read(town, part),
    persist: async (deed) => {
      try {
        kept.immediate(deed)
      } catch (error) {
        throw isTaken(error) ? new DeskConflict('a DID stands for another resident already') : error
      }
    },
  }
}

const openVersions = (db: Database) => {
  const counted = db.prepare<[string, string], number>('SELECT n FROM desk_version WHERE town = ? AND part = ?').pluck()
  const newest = db.prepare<[string, string], number | null>('SELECT max(seq) FROM desk_audit WHERE town = ? AND subject = ?').pluck()
  const raise = db.prepare('INSERT INTO desk_version VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET n = n + 1')
  return {
    read: (town: string, part: DeskPart): number => (typeof part === 'string' ? counted.get(town, part) : newest.get(town, part.on)) ?? 0,
    raise: (town: string, part: string) => raise.run(town, part),
  }
}

const isTaken = (error: unknown): boolean => error instanceof Error && /UNIQUE constraint failed: desk_resident\.town/.test(error.message)

const openWrites = (db: Database) => {
  const role = db.prepare('INSERT OR REPLACE INTO desk_role VALUES (?, ?, ?, ?, ?, ?, ?)')
  const loosen = db.prepare('UPDATE desk_resident SET did = NULL WHERE town = ? AND id = ?')
  const resident = db.prepare(
    `INSERT INTO desk_resident VALUES (@town, @id, @name, @did, @from, @until, @household, @isProtected) ON CONFLICT (town, id) DO UPDATE SET
    name = excluded.name, did = excluded.did, since = excluded.since, until = excluded.until, household = excluded.household,
    is_protected = excluded.is_protected`,
  )
  const addDraft = db.prepare('INSERT OR IGNORE INTO desk_draft VALUES (?, ?, ?, ?, ?, ?)')
  const setDraft = db.prepare('UPDATE desk_draft SET state = ?, version = ?, draft = ? WHERE town = ? AND id = ? AND version = ?')
  const entry = db.prepare('INSERT INTO desk_entry VALUES (?, ?, ?, ?, ?, ?)')
  const about = db.prepare('INSERT OR IGNORE INTO desk_entry_about VALUES (?, ?, ?)')
  const audit = db.prepare(
    'INSERT INTO desk_audit VALUES (@town, (SELECT coalesce(max(seq), 0) + 1 FROM desk_audit WHERE town = @town), @on, @entry)',
  )
  return {
    role: (town: string, { did, role: name, from, until, grantedBy, endedBy }: RoleGrant) =>
      role.run(town, did, name, from, until, grantedBy, endedBy),
    loosen: (town: string, id: string) => loosen.run(town, id),
    resident: (town: string, one: Resident) => resident.run({ town, ...one, isProtected: one.isProtected ? 1 : 0 }),
    draft: (town: string, draft: Draft) => {
      const { id, kind, state, version } = draft
      const { changes } =
        version === 1
          ? addDraft.run(town, id, kind, state, version, JSON.stringify(draft))
          : setDraft.run(state, version, JSON.stringify(draft), town, id, version - 1)
      if (changes === 0) throw new DeskConflict(`draft ${id} was changed meanwhile`)
    },
    entry: (town: string, { uri, kind, commitment, payload, salt, about: persons }: EntryPayload) => {
      entry.run(town, commitment, uri, kind, JSON.stringify(payload), salt)
      for (const did of persons) about.run(town, did, commitment)
    },
    audit: (town: string, row: Omit<AuditRow, 'seq'>) => audit.run({ town, on: row.on, entry: JSON.stringify(row) }),
    publish: db.prepare(
      `INSERT INTO outbox (repo, collection, rkey, verb, record, since, state, attempts, next_ms) VALUES (?, ?, ?, ?, ?, ?, 'pending', 0, 0)
      ON CONFLICT DO NOTHING`,
    ),
  }
}

type RoleRow = {
  did: string
  role: string
  since: string
  until: string | null
  granted_by: string
  ended_by: string | null
}

const openRoles = (db: Database): Pick<Desk, 'roles' | 'rolesOf'> => {
  const all = db.prepare<[string], RoleRow>('SELECT * FROM desk_role WHERE town = ? ORDER BY since, did, role')
  const of = db.prepare<[string, string], RoleRow>('SELECT * FROM desk_role WHERE town = ? AND did = ? ORDER BY since, role')
  return { roles: async (town) => all.all(town).map(grantOf), rolesOf: async (town, did) => of.all(town, did).map(grantOf) }
}

const grantOf = ({ did, role, since, until, granted_by, ended_by }: RoleRow): RoleGrant => ({
  did,
  role: parseRole(role),
  from: since,
  until,
  grantedBy: granted_by,
  endedBy: ended_by,
})

const parseRole = (text: string): DeskRole => {
  const role = DESK_ROLES.find((name) => name === text)
  if (role === undefined) throw new Error(`the desk has a role it does not know: ${text}`)
  return role
}

type ResidentRow = {
  id: string
  name: string
  did: string | null
  since: string
  until: string | null
  household: string | null
  is_protected: number
}

const openRegister = (db: Database) => {
  const one = db.prepare<[string, string], ResidentRow>('SELECT * FROM desk_resident WHERE town = ? AND id = ?')
  const behind = db.prepare<[string, string], ResidentRow>('SELECT * FROM desk_resident WHERE town = ? AND did = ?')
  const household = db.prepare<[string, string], ResidentRow>('SELECT * FROM desk_resident WHERE town = ? AND household = ? ORDER BY id')
  const page = db.prepare<{ town: string; after: string; find: string; limit: number }, ResidentRow>(
    `SELECT * FROM desk_resident WHERE town = @town AND id > @after
    AND (@find = '' OR instr(name, @find) > 0 OR instr(id, @find) > 0 OR instr(coalesce(did, ''), @find) > 0) ORDER BY id LIMIT @limit`,
  )
  const size = db.prepare<[string], { n: number }>('SELECT count(*) AS n FROM desk_resident WHERE town = ?')
  const found = (rows: readonly (ResidentRow | undefined)[]): Resident[] =>
    rows.flatMap((row) => (row === undefined ? [] : [residentOf(row)]))
  return {
    resident: async (town: string, id: string) => found([one.get(town, id)])[0] ?? null,
    residentsOf: async (town: string, ids: readonly string[]) =>
      new Map(found(ids.map((id) => one.get(town, id))).map((resident) => [resident.id, resident])),
    residentsBehind: async (town: string, dids: readonly string[]) =>
      new Map(found(dids.map((did) => behind.get(town, did))).map((resident) => [resident.did ?? '', resident])),
    household: async (town: string, name: string) => found(household.all(town, name)),
    register: async (town: string, { after = '', find = '', limit }: Parameters<Desk['register']>[1]) =>
      found(page.all({ town, after, find, limit })),
    registerSize: async (town: string) => size.get(town)?.n ?? 0,
  }
}

const residentOf = ({ id, name, did, since, until, household, is_protected }: ResidentRow): Resident => ({
  id,
  name,
  did,
  from: since,
  until,
  household,
  isProtected: is_protected === 1,
})

const openDrafts = (db: Database): Pick<Desk, 'draft' | 'drafts'> => {
  const one = db.prepare<[string, string], { draft: string }>('SELECT draft FROM desk_draft WHERE town = ? AND id = ?')
  const page = db.prepare<{ town: string; kind: string | null; state: string | null; before: string; limit: number }, { draft: string }>(
    `SELECT draft FROM desk_draft WHERE town = @town AND (@kind IS NULL OR kind = @kind) AND (@state IS NULL OR state = @state)
    AND (@before = '' OR id < @before) ORDER BY id DESC LIMIT @limit`,
  )
  return {
    draft: async (town, id) => one.all(town, id).map(parseDraft)[0] ?? null,
    drafts: async (town, { kind = null, state = null, before = '', limit }) =>
      page.all({ town, kind, state, before, limit }).map(parseDraft),
  }
}

const parseDraft = ({ draft }: { draft: string }): Draft => JSON.parse(draft)

const openTrail = (db: Database): Pick<Desk, 'trail'> => {
  const page = db.prepare<{ town: string; before: number; on: string | null; limit: number }, { seq: number; entry: string }>(
    `SELECT seq, entry FROM desk_audit WHERE town = @town AND seq < @before AND (@on IS NULL OR subject = @on) ORDER BY seq DESC LIMIT @limit`,
  )
  return {
    trail: async (town, { before = Number.MAX_SAFE_INTEGER, on = null, limit }) =>
      page.all({ town, before, on, limit }).map(({ seq, entry }) => ({ seq, ...parseAudit(entry) })),
  }
}

const parseAudit = (entry: string): Omit<AuditRow, 'seq'> => JSON.parse(entry)

type EntryRow = { commitment: string; uri: string; kind: string; payload: string; salt: string | null }

const openEntries = (db: Database): Pick<Desk, 'entry' | 'entryAt' | 'entries' | 'entriesAbout' | 'forget'> => {
  const one = db.prepare<[string, string], EntryRow>('SELECT * FROM desk_entry WHERE town = ? AND commitment = ?')
  const at = db.prepare<[string, string], EntryRow>('SELECT * FROM desk_entry WHERE town = ? AND uri = ?')
  const page = db.prepare<{ town: string; kind: string | null; before: string; limit: number }, EntryRow>(
    `SELECT * FROM desk_entry WHERE town = @town AND (@kind IS NULL OR kind = @kind) AND (@before = '' OR uri < @before)
    ORDER BY uri DESC LIMIT @limit`,
  )
  const about = db.prepare<[string, string], EntryRow>(
    `SELECT e.* FROM desk_entry_about a JOIN desk_entry e ON e.town = a.town AND e.commitment = a.commitment
    WHERE a.town = ? AND a.did = ? ORDER BY e.uri DESC`,
  )
  const persons = db.prepare<[string, string], { did: string }>('SELECT did FROM desk_entry_about WHERE town = ? AND commitment = ?')
  const blank = db.prepare("UPDATE desk_entry SET payload = 'null', salt = NULL WHERE town = ? AND commitment = ?")
  const dropPersons = db.prepare('DELETE FROM desk_entry_about WHERE town = ? AND commitment = ?')
  const dropResident = db.prepare('DELETE FROM desk_resident WHERE town = ? AND did = ?')
  const entriesOf = (town: string, rows: readonly EntryRow[]): EntryPayload[] =>
    rows.map(({ commitment, uri, kind, payload, salt }) => {
      const dids = persons
        .all(town, commitment)
        .map(({ did }) => did)
        .toSorted()
      return { uri, kind, commitment, payload: JSON.parse(payload), salt, about: dids }
    })
  const forget = db.transaction((town: string, did: string) => {
    for (const { commitment } of about.all(town, did)) {
      blank.run(town, commitment)
      dropPersons.run(town, commitment)
    }
    dropResident.run(town, did)
  })
  return {
    entry: async (town, commitment) => entriesOf(town, one.all(town, commitment))[0] ?? null,
    entryAt: async (town, uri) => entriesOf(town, at.all(town, uri))[0] ?? null,
    entries: async (town, { kind = null, before = '', limit }) => entriesOf(town, page.all({ town, kind, before, limit })),
    entriesAbout: async (town, did) => entriesOf(town, about.all(town, did)),
    forget: async (town, did) => forget.immediate(town, did),
  }
}
