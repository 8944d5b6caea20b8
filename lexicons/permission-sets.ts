// Writes the permission sets of org/waki from the methods and records beside it: what an app may ask for as a whole instead of one by one.
// Run it after a method is added: `node lexicons/permission-sets.ts`. A test holds that the checked-in files are what it writes.
// https://atproto.com/specs/permission#permission-sets

import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AUTHORITY, method, nsid } from './authority.ts'

type Document = { readonly id: string; readonly defs: Readonly<Record<string, { readonly type: string } | undefined>> }

const RESIDENTS_RECORDS = [nsid.action, nsid.appreciation, nsid.confirmation, nsid.event, nsid.profile]
const ROOT = join(import.meta.dirname, ...AUTHORITY.split('.'))

const documents = (): Document[] =>
  readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .toSorted()
    .map((file): Document => JSON.parse(readFileSync(join(ROOT, file), 'utf8')))

/** What is private of a town is in an exported intake: no app for residents has a use for it. */
const isDesk = (id: string): boolean => id.startsWith(`${AUTHORITY}.desk.`) || id === method.exportIntake

const rpc = (lxm: readonly string[]) => ({ type: 'permission', resource: 'rpc', inheritAud: true, lxm })

type Words = { readonly title: string; readonly ja: string; readonly detail: string; readonly detailJa: string }

const permissionSet = (name: string, { title, ja, detail, detailJa }: Words, permissions: readonly unknown[]) => ({
  lexicon: 1,
  id: `${AUTHORITY}.${name}`,
  defs: { main: { type: 'permission-set', title, 'title:lang': { ja }, detail, 'detail:lang': { ja: detailJa }, permissions } },
})

/** Name of the file → its text. */
export const permissionSetFiles = (): ReadonlyMap<string, string> => {
  const methods = (...types: string[]): string[] =>
    documents()
      .filter(({ defs }) => types.includes(defs['main']?.type ?? ''))
      .map(({ id }) => id)
      .toSorted()
  const reading = methods('query').filter((id) => !isDesk(id))
  const sets = {
    authReadOnly: permissionSet(
      'authReadOnly',
      {
        title: 'Read your Waki books',
        ja: '和の記録と決算書を読む',
        detail: 'See your own acts, statements and journal at your municipality.',
        detailJa: 'あなたの行動・決算書・仕訳を、自治体の和記で読み取ります。',
      },
      [rpc(reading)],
    ),
    authResident: permissionSet(
      'authResident',
      {
        title: 'Take part in Waki',
        ja: '和記に参加する',
        detail: 'Record and confirm acts of mutual aid, and read your own books.',
        detailJa: '和の行動を記録し、確認し、あなたの記録と決算書を読み取ります。',
      },
      [
        { type: 'permission', resource: 'repo', action: ['create', 'update', 'delete'], collection: RESIDENTS_RECORDS },
        rpc(methods('query', 'procedure').filter((id) => !isDesk(id))),
      ],
    ),
    authDesk: permissionSet(
      'authDesk',
      {
        title: 'Work at a municipality’s desk',
        ja: '自治体の窓口で働く',
        detail: 'Act at the desk of a municipality, within the role it gave you.',
        detailJa: '自治体があなたに与えた役割の範囲で、窓口の仕事をします。',
      },
      [rpc(methods('query', 'procedure').filter((id) => isDesk(id) || reading.includes(id)))],
    ),
  }
  return new Map(Object.entries(sets).map(([name, set]) => [join(ROOT, `${name}.json`), `${JSON.stringify(set, null, 2)}\n`]))
}

if (import.meta.main) for (const [file, text] of permissionSetFiles()) writeFileSync(file, text)
