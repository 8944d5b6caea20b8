// Gives a withdrawn record its name in what is folded: heads of transactions, refusals, and the few documents that still speak of it. After this the
// folded tables are what a fold of the residues makes of them.

import type { Refusal } from '../journal/model.ts'
import type { Head } from './packed-heads.ts'
import { openPageChanger } from './sqlite-page-changer.ts'
import type { Tables } from './sqlite-tables.ts'

export type Renamer = {
  action(uri: string, name: string, repo: string): void
  /** `actions`: what its versions spoke of, as the books know them. */
  confirmation(uri: string, name: string, repo: string, actions: readonly string[]): void
}

export const openRenamer = (tables: Tables): Renamer => {
  const renameRefusals = openRefusalRenamer(tables)
  const changeHeads = openHeadChanger(tables)
  const { docs } = tables
  return {
    action: (uri, name, repo) => {
      changeHeads(uri, ({ id, sources, ...head }) => ({
        ...head,
        id: id.replaceAll(`/${uri}`, `/${name}`),
        action: name,
        sources: sources.map((one) => (one === uri ? name : one)),
      }))
      renameRefusals(repo, uri, name)
      const parked = docs.get(`parked:${uri}`)
      if (parked?.kind !== 'parked') return
      docs.put(`parked:${uri}`, null)
      docs.put(`parked:${name}`, parked)
      for (const note of parked.waiting) {
        const confirmation = docs.get(`confirmation:${note.uri}`)
        if (confirmation?.kind === 'confirmation') docs.put(`confirmation:${note.uri}`, { ...confirmation, action: name })
      }
    },
    confirmation: (uri, name, repo, actions) => {
      renameRefusals(repo, uri, name)
      for (const action of new Set(actions)) {
        changeHeads(action, (head) => ({ ...head, sources: head.sources.map((one) => (one === uri ? name : one)) }))
        const doc = docs.get(`action:${action}`)
        if (doc?.kind === 'action' && doc.dispute === uri) docs.put(`action:${action}`, { ...doc, dispute: name })
      }
      const dispute = docs.get(`dispute:${uri}`)
      if (dispute === null) return
      docs.put(`dispute:${uri}`, null)
      docs.put(`dispute:${name}`, dispute)
    },
  }
}

/** Heads of the transactions of one action. Fields keep their order: the text is part of what a rebuild must give again. */
const openHeadChanger = (tables: Tables) => {
  const changePages = openPageChanger(tables)
  return (action: string, change: (head: Head) => Head): void =>
    changePages.ofAction(action, (head) => (head.action === action ? { ...head, ...change(head) } : head))
}

const openRefusalRenamer = ({ db, dids }: Tables) => {
  const find = db.prepare<[string, string], { value: string }>('SELECT value FROM refusal WHERE repo = ? AND uri = ?')
  const drop = db.prepare('DELETE FROM refusal WHERE repo = ? AND uri = ?')
  const add = db.prepare('INSERT INTO refusal VALUES (?, ?, ?, ?, ?, ?)')
  return (repo: string, uri: string, name: string): void => {
    const found = find.all(dids.seek(repo), dids.seek(uri)).map(({ value }) => parseRefusal(dids.read(value)))
    if (found.length === 0) return
    drop.run(dids.seek(repo), dids.seek(uri))
    for (const refusal of found) {
      const text = dids.write(JSON.stringify({ ...refusal, uri: name }))
      add.run(dids.write(repo), dids.write(name), refusal.leaf, refusal.op, refusal.code, text)
    }
  }
}

const parseRefusal = (text: string): Refusal => JSON.parse(text)
