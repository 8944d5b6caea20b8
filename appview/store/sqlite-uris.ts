// Gives the records of an erased account their names in what is folded: keys and texts of documents, heads of transactions, refusals and due entries.
// After this the folded tables are what a fold of the residues makes of them.

import { nsid } from '../../lexicons/authority.ts'
import type { IntakeRow } from '../journal/model.ts'
import { eventOf, subjectsOf } from '../journal/residue.ts'
import type { Head } from './packed-heads.ts'
import { openPageChanger } from './sqlite-page-changer.ts'
import type { Tables } from './sqlite-tables.ts'

type Change = (text: string) => string

/** `names`: uris of records in the repo with what they are called from now on. `own`: its rows, `others`: rows that name the account. */
type Renamed = { readonly names: ReadonlyMap<string, string>; readonly own: readonly IntakeRow[]; readonly others: readonly IntakeRow[] }

/** Renames what is folded; gives what does so in a stored text. Only inside a transaction. */
export const openUriRenamer = (tables: Tables): ((did: number, renamed: Renamed) => Change) => {
  const { dids } = tables
  const renameDocs = openDocRenamer(tables)
  const renameHeads = openHeadRenamer(tables)
  const renameRefusals = openRefusalRenamer(tables)
  const renameDues = openDueRenamer(tables)
  return (did, renamed) => {
    const stored = new Map([...renamed.names].map(([uri, name]) => [dids.seek(uri), dids.seek(name)]))
    const pattern = new RegExp(`at://did:#${did};/[A-Za-z0-9.-]+/[A-Za-z0-9._:~-]+`, 'g')
    const change: Change = (text) => text.replace(pattern, (uri) => stored.get(uri) ?? uri)
    renameDocs(did, renamed, change)
    renameHeads(did, renamed, change)
    renameRefusals(did, change)
    renameDues(did, change)
    return change
  }
}

type Doc = { readonly key: string; readonly value: string }

const LAST_CHARACTER = '\u{10ffff}'
const DID = /did:#\d+;/g
const URI = /at:\/\/did:#\d+;\/[A-Za-z0-9.-]+\/[A-Za-z0-9._:~#-]+/g

/** Documents led by the account or by one of its records, and those of the records they speak of. */
const openDocRenamer = ({ db, dids }: Tables) => {
  const from = db.prepare<[string], string>('SELECT key FROM doc WHERE key >= ? ORDER BY key LIMIT 1').pluck()
  const led = db.prepare<[string, string], Doc>('SELECT key, value FROM doc WHERE key >= ? AND key < ?')
  const one = db.prepare<[string], Doc>('SELECT key, value FROM doc WHERE key = ?')
  const drop = db.prepare('DELETE FROM doc WHERE key = ?')
  const put = db.prepare('INSERT INTO doc (key, value) VALUES (?, ?)')
  const kindsOf = (): string[] => {
    const kinds: string[] = []
    for (let key = from.get(''); key !== undefined; key = from.get(`${kinds.at(-1) ?? ''};`)) kinds.push(key.slice(0, key.indexOf(':')))
    return kinds
  }
  const ledBy = (prefix: string): Doc[] => led.all(prefix, `${prefix}${LAST_CHARACTER}`)
  return (did: number, { own, others }: Renamed, change: Change): void => {
    const kinds = kindsOf()
    const kindsOver = (id: string): string[] => kinds.filter((kind) => (from.get(`${kind}:${id}`) ?? '').startsWith(`${kind}:${id}`))
    const [ofRecords, ofPeople] = [kindsOver('at:'), kindsOver('did:')]
    const leads = [`at://did:#${did};/`, ...['', 'P:', 'O:', 'C:'].map((entity) => `${entity}did:#${did};`)]
    const found = new Map(kinds.flatMap((kind) => leads.flatMap((lead) => ledBy(`${kind}:${lead}`))).map((doc) => [doc.key, doc]))
    const texts = [...found.values()].map(({ key, value }) => `${key} ${value}`)
    const records = new Set([
      ...texts.flatMap((text) => text.match(URI) ?? []),
      ...[...subjectsOf(own), ...others.map(({ uri }) => uri)].map(dids.seek),
    ])
    const people = new Set(texts.flatMap((text) => text.match(DID) ?? []))
    const more = [
      ...[...records].flatMap((uri) => ofRecords.map((kind) => `${kind}:${uri}`)),
      ...[...people].flatMap((one) => ofPeople.map((kind) => `${kind}:${one}`)),
      ...others.flatMap((row) => keysOfEvent(row).map(dids.seek)),
    ]
    for (const key of more) {
      const doc = found.has(key) ? undefined : one.get(key)
      if (doc !== undefined) found.set(key, doc)
    }
    for (const { key, value } of found.values()) {
      const [newKey, newValue] = [change(key), change(value)]
      if (newKey === key && newValue === value) continue
      drop.run(key)
      put.run(newKey, newValue)
    }
  }
}

const keysOfEvent = ({ collection, repo, value }: IntakeRow): string[] => {
  const event = collection === nsid.action ? eventOf(value) : undefined
  return event === undefined ? [] : [`event:P:${repo}/${event}`, `event:O:${repo}/${event}`]
}

const openHeadRenamer = (tables: Tables) => {
  const { dids, entity } = tables
  const changePages = openPageChanger(tables)
  return (did: number, { names, own, others }: Renamed, change: Change): void => {
    const changed = (head: Head): Head => {
      const stored = dids.write(JSON.stringify(head))
      const text = change(stored)
      return text === stored ? head : parseHead(dids.read(text))
    }
    changePages.rates(change)
    for (const action of new Set([...names.keys(), ...subjectsOf(own), ...others.map(({ uri }) => uri)]))
      changePages.ofAction(action, changed)
    for (const kind of ['P', 'O']) changePages.ofEntity(entity.find(`${kind}:${dids.text(did)}`), changed)
  }
}

const parseHead = (text: string): Head => JSON.parse(text)

type Refusal = { readonly uri: string; readonly leaf: number; readonly op: number; readonly code: string; readonly value: string }

const openRefusalRenamer = ({ db }: Tables) => {
  const find = db.prepare<[string], Refusal>('SELECT uri, leaf, op, code, value FROM refusal WHERE repo = ?')
  const drop = db.prepare('DELETE FROM refusal WHERE repo = ?')
  const add = db.prepare('INSERT INTO refusal VALUES (?, ?, ?, ?, ?, ?)')
  return (did: number, change: Change): void => {
    const repo = `did:#${did};`
    const found = find.all(repo)
    drop.run(repo)
    for (const { uri, leaf, op, code, value } of found) add.run(repo, change(uri), leaf, op, code, change(value))
  }
}

type Due = { readonly at: string; readonly kind: string; readonly uri: string; readonly value: string }

const openDueRenamer = ({ db }: Tables) => {
  const find = db.prepare<[string], Due>('SELECT at, kind, uri, value FROM due WHERE instr(uri, ?) > 0')
  const drop = db.prepare('DELETE FROM due WHERE at = ? AND kind = ? AND uri = ?')
  const add = db.prepare('INSERT INTO due (at, kind, uri, value) VALUES (?, ?, ?, ?)')
  return (did: number, change: Change): void => {
    for (const { at, kind, uri, value } of find.all(`at://did:#${did};/`)) {
      drop.run(at, kind, uri)
      add.run(at, kind, change(uri), change(value))
    }
  }
}
