// Balances of an earlier scheme: a CSV with control totals, put forward by one person and approved by another. Both entries go out together.

import { hash } from 'node:crypto'
import { isWellFormedDid } from '../../atproto/did.ts'
import { OPENING } from '../journal/chart.ts'
import { fieldsOf, listOf } from '../journal/fields.ts'
import type { ImportRow } from '../journal/documents-desk.ts'
import { throughMergers } from '../journal/mergers.ts'
import type { Json, Posting } from '../journal/model.ts'
import { openingCsv, parseImport } from '../journal/parse-opening.ts'
import { scopeOn } from '../journal/residence.ts'
import { compareBytes } from '../journal/units.ts'
import { readDoc } from '../queries/deps.ts'
import type { Draft } from '../store/desk.ts'
import { readCsv, type CsvLine } from './csv.ts'
import { newDraft } from './drafts.ts'
import type { Desks, Office, Plan } from './office.ts'
import type { DeskOperations, OpeningInput } from './operations.ts'
import { done, reason, refused, type Outcome, type Reason } from './outcome.ts'
import type { DeskRefusal } from './refusals.ts'
import { inOrder } from './register-lines.ts'
import { underWay } from './under-way.ts'

const COLUMNS = ['holder', 'points', 'usableUntil', 'minutes'] as const
type Column = (typeof COLUMNS)[number]
const MINUTES_MAX = 100_000_000
/** How many transactions of one holder are read at once. */
const BOOKED_READ = 500

export const openingDeeds = (desks: Desks): Pick<DeskOperations, 'proposeOpening'> => ({
  proposeOpening: (actor, input) =>
    desks.perform(actor, { deed: 'opening.propose' }, async (office) => {
      const read = await readOpening(office, input)
      if (!read.ok) return read
      const { rows, lines, sha256 } = read.value
      if (await isKnown(office, sha256)) return refused('opening.already-imported', sha256)
      const opened = await openedAlready(office, rows)
      const again = rows.flatMap(({ holder }, at) => (opened.has(holder) ? [reason('opening.holder-opened', lines[at], holder)] : []))
      if (again.length > 0) return { ok: false, reasons: inOrder(again) }
      const body: Json = { rows: rows.map((row): Json => ({ ...row })), lines, sha256, control: { ...input.control } }
      const draft = newDraft(office, { kind: 'opening', subject: sha256, body, isProposed: true })
      return { ok: true, value: draft, changes: { drafts: [draft] }, on: sha256, detail: { draft: draft.id, rows: rows.length } }
    }),
})

/** What the approval of an opening publishes: what was brought in, unless the books have it, and that two persons approved it. Holders may have moved. */
export const openingsOf = async (office: Office, draft: Draft): Promise<Plan<Draft>> => {
  const { books, town } = office
  const fields = fieldsOf(draft.body)
  const imported = parseImport({ sha256: draft.subject, rows: listOf(fields?.['rows']) ?? [] })
  const standing = imported === undefined ? null : await readDoc(books, 'import', `import:${town.code}/${imported.sha256}`)
  if (imported === undefined || (standing !== null && standing.opening !== null)) return refused('opening.already-imported', draft.subject)
  const { sha256, rows } = imported
  const about = rows.map(({ holder }) => holder)
  const lines = listOf(fields?.['lines']) ?? []
  const residents = await residentsAmong(office, about)
  const opened = await openedAlready(office, rows)
  const faults = rows.flatMap((row, index): readonly Reason[] => {
    const line = lines[index]
    const code = holderFault(office, row.holder, residents) ?? (opened.has(row.holder) ? 'opening.holder-opened' : undefined)
    return code === undefined ? [] : [reason(code, typeof line === 'number' ? line : null, row.holder)]
  })
  if (faults.length > 0) return { ok: false, reasons: inOrder(faults) }
  const first = office.entry({ kind: 'import', payload: { sha256, rows: rows.map((row): Json => ({ ...row })) }, about })
  const approvals = [draft.proposedBy ?? draft.by, office.actor.did]
  const payload: Json = { sha256, control: fields?.['control'] ?? {}, approvals, createdAt: office.now }
  const second = office.entry({ kind: 'opening', payload, about: [] })
  const published = standing === null ? [first, second] : [second]
  return {
    ok: true,
    value: draft,
    changes: { entries: published.map(({ entry }) => entry), publish: published.map(({ publication }) => publication) },
    detail: { uri: second.entry.uri, rows: rows.length },
  }
}

/** Rows by holder, so that the same list in another order is the same; `lines` of the file, row by row. */
type Opening = { readonly rows: readonly ImportRow[]; readonly lines: readonly number[]; readonly sha256: string }

/** All or nothing: control totals are of the whole file. */
const readOpening = async (office: Office, { csv, control }: OpeningInput): Promise<Outcome<Opening>> => {
  const read = readCsv<Column>(csv, { needed: ['holder', 'minutes'], known: COLUMNS })
  if (!read.ok) return read
  const { lines } = read.value
  const residents = await residentsAmong(
    office,
    lines.map(({ cells }) => cells.holder),
  )
  const seen = new Set<string>()
  const faults = lines.flatMap(({ line, cells }): readonly Reason[] => {
    const code = faultOf(cells, seen) ?? holderFault(office, cells.holder, residents) ?? figureFault(cells)
    seen.add(cells.holder)
    return code === undefined ? [] : [reason(code, line, cells.holder)]
  })
  const all = inOrder([...read.value.refused, ...faults])
  if (all.length > 0) return { ok: false, reasons: all }
  const sorted = lines.toSorted((a, b) => compareBytes(a.cells.holder, b.cells.holder))
  const rows = sorted.map(({ cells: { holder, minutes } }): ImportRow => ({
    holder,
    points: 0,
    usableUntil: null,
    minutes: Number(minutes),
  }))
  const total = rows.reduce((sum, { minutes }) => sum + minutes, 0)
  if (control.rows !== rows.length || control.minutes !== total || control.points !== 0)
    return refused('opening.control-mismatch', `${rows.length} / 0 / ${total}`)
  return done({ rows, lines: sorted.map(({ line }) => line), sha256: hash('sha256', openingCsv(rows), 'hex') })
}

const faultOf = ({ holder }: CsvLine<Column>['cells'], seen: ReadonlySet<string>): DeskRefusal | undefined =>
  isWellFormedDid(holder) ? (seen.has(holder) ? 'opening.holder-repeated' : undefined) : 'opening.holder-invalid'

/** Nobody opens a balance of their own, as first or as second person. */
const holderFault = ({ actor }: Office, holder: string, residents: ReadonlySet<string>): DeskRefusal | undefined => {
  if (!residents.has(holder)) return 'opening.holder-not-resident'
  return actor.did === holder ? 'opening.own-balance' : undefined
}

const figureFault = ({ points, usableUntil, minutes }: CsvLine<Column>['cells']): DeskRefusal | undefined => {
  if (!/^\d{1,9}$/.test(minutes) || Number(minutes) > MINUTES_MAX || !/^\d{0,9}$/.test(points)) return 'opening.figure-invalid'
  return Number(points) > 0 || usableUntil !== '' ? 'opening.points-unsupported' : undefined
}

/** Holders to whom an opening of as many minutes is booked already, as a person or as an organisation: a list that comes again, with a line more or less. */
const openedAlready = async (office: Office, rows: readonly ImportRow[]): Promise<ReadonlySet<string>> => {
  const opened = new Set<string>()
  for (const { holder, minutes } of rows) {
    if (minutes === 0) continue
    for (const entity of [`P:${holder}`, `O:${holder}`]) if (await hasOpening(office, entity, minutes)) opened.add(holder)
  }
  return opened
}

const hasOpening = async ({ books, town, today }: Office, entity: string, minutes: number): Promise<boolean> => {
  const sums = await books.sums({ scope: town.code, entity, through: today })
  if (!sums.some(({ account, unit }) => account === OPENING && unit === 'MIN')) return false
  for (let after = 0; ;) {
    const booked = await books.transactions({ entity, scope: town.code, after, limit: BOOKED_READ })
    const isIt = ({ account, unit, amount, ...line }: Posting): boolean =>
      line.entity === entity && account === OPENING && unit === 'MIN' && amount === -minutes
    if (booked.some(({ kind, lines }) => kind === 'opening' && lines.some(isIt))) return true
    const last = booked.at(-1)
    if (last === undefined || booked.length < BOOKED_READ) return false
    after = last.position
  }
}

/** Those of these DIDs who belong to the town today, as the books will judge. */
const residentsAmong = async ({ books, town, today, mergers }: Office, dids: readonly string[]): Promise<ReadonlySet<string>> => {
  const residents = new Set<string>()
  for (const did of dids) {
    const doc = isWellFormedDid(did) ? await readDoc(books, 'admissions', `admissions:${did}`) : null
    if (doc !== null && scopeOn(throughMergers(doc, mergers), today) === town.code) residents.add(did)
  }
  return residents
}

/** Booked, waiting for its second person, or on its way. What the books have refused to open may come again. */
const isKnown = async (office: Office, sha256: string): Promise<boolean> => {
  const { books, desk, town } = office
  const standing = await readDoc(books, 'import', `import:${town.code}/${sha256}`)
  if (standing !== null && standing.opening !== null) return true
  for (const { id, subject, state } of await desk.drafts(town.code, { kind: 'opening', limit: 500 })) {
    if (subject !== sha256 || state === 'withdrawn') continue
    if (state !== 'done' || (await underWay(office, 'draft.approve', id)) !== undefined) return true
  }
  return false
}
