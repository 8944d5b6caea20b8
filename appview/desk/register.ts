// The private register: brought in from a file, looked up, never published. A dry run and the import say the same; the same file again changes nothing.

import { readDoc } from '../queries/deps.ts'
import type { Resident } from '../store/desk.ts'
import type { Desks, Office, Plan } from './office.ts'
import type { DeskOperations, ImportReport } from './operations.ts'
import { reason, type Reason } from './outcome.ts'
import { inOrder, parseRegister, type RegisterLine } from './register-lines.ts'

const PAGE_MAX = 200

export const registerDeeds = (desks: Desks): Pick<DeskOperations, 'importRegister' | 'register' | 'residents'> => ({
  importRegister: (actor, { csv, apply }) =>
    apply
      ? desks.perform(actor, { deed: 'register.import' }, (office) => importInto(office, csv, true))
      : desks.look(actor, 'register.import', (office) => importInto(office, csv, false)),
  residents: (actor, { ids, dids }) =>
    desks.perform(actor, { deed: 'register.read' }, async ({ desk, town }) => {
      const found = [...(await desk.residentsOf(town.code, ids)).values(), ...(await desk.residentsBehind(town.code, dids)).values()]
      const residents = [...new Map(found.map((resident) => [resident.id, resident])).values()]
      return { ok: true, value: residents, detail: { shown: residents.length } }
    }),
  register: (actor, query) =>
    desks.perform(actor, { deed: 'register.read' }, async ({ desk, town }) => {
      const limit = Math.min(query.limit, PAGE_MAX)
      const residents = await desk.register(town.code, { ...query, limit })
      return { ok: true, value: { residents, total: await desk.registerSize(town.code) }, detail: { shown: residents.length } }
    }),
})

const importInto = async (office: Office, csv: string, isApplied: boolean): Promise<Plan<ImportReport>> => {
  const parsed = parseRegister(csv)
  if (!parsed.ok) return parsed
  const { desk, town } = office
  const { good, refused } = parsed.value
  const known = await desk.residentsOf(
    town.code,
    good.map(({ resident }) => resident.id),
  )
  const taken = await takenDids(office, good)
  const free = good.filter(({ line }) => !taken.has(line))
  const added = free.filter(({ resident }) => !known.has(resident.id))
  const changed = free.filter(({ resident }) => isOther(known.get(resident.id), resident))
  const report: ImportReport = {
    isApplied,
    lines: parsed.value.count,
    added: added.length,
    changed: changed.length,
    unchanged: free.length - added.length - changed.length,
    refused: inOrder([...refused, ...taken.values()]),
    notices: await admittedThough(office, free),
  }
  const { lines } = report
  const detail = { lines, added: report.added, changed: report.changed, unchanged: report.unchanged, refused: report.refused.length }
  const residents = [...added, ...changed].map(({ resident }) => resident)
  return { ok: true, value: report, changes: { residents }, detail }
}

/** Protected persons whose admission stands in public. */
const admittedThough = async ({ books, town, today }: Office, lines: readonly RegisterLine[]): Promise<readonly Reason[]> => {
  const notices: Reason[] = []
  for (const { line, resident } of lines) {
    if (!resident.isProtected || resident.did === null) continue
    const last = (await readDoc(books, 'admissions', `admissions:${resident.did}`))?.spans.findLast(({ code }) => code === town.code)
    if (last !== undefined && (last.until === null || last.until >= today))
      notices.push(reason('register.protected-admitted', line, resident.id))
  }
  return notices
}

/** Lines whose DID is another's in the register, unless that one gives it up in the same file. */
const takenDids = async ({ desk, town }: Office, good: readonly RegisterLine[]): Promise<ReadonlyMap<number, Reason>> => {
  const dids = good.flatMap(({ resident }) => resident.did ?? [])
  const holders = await desk.residentsBehind(town.code, dids)
  const didAfter = new Map(good.map(({ resident }) => [resident.id, resident.did]))
  const taken = new Map<number, Reason>()
  for (const { line, resident } of good) {
    const holder = resident.did === null ? undefined : holders.get(resident.did)
    if (holder === undefined || holder.id === resident.id) continue
    if (!didAfter.has(holder.id) || didAfter.get(holder.id) === holder.did)
      taken.set(line, reason('register.did-taken', line, resident.did))
  }
  return taken
}

const isOther = (before: Resident | undefined, after: Resident): boolean =>
  before !== undefined && JSON.stringify(fieldsOf(before)) !== JSON.stringify(fieldsOf(after))

const fieldsOf = ({ id, name, did, from, until, household, isProtected }: Resident) => [id, name, did, from, until, household, isProtected]
