// How far what is not here may reach into the signed figures of a municipality: desks' entries, by what their kind decides and how many there are, and
// withdrawn records of people who belong elsewhere. Acts that they may have decided count with all their minutes; what lies beyond that differs.

import { dayOf } from '../journal/calendar.ts'
import { moverOf } from '../journal/moves.ts'
import { mergersKnownAt, successorOn } from '../journal/mergers.ts'
import type { ActionDoc, Merger } from '../journal/documents.ts'
import type { Difference } from '../close/differences.ts'
import { readDoc } from '../queries/deps.ts'
import type { Books, Position } from '../store/store.ts'
import { nsid } from '../../lexicons/authority.ts'
import { lackingCount, lackingOf } from './lacking.ts'
import type { EntryKind, Gap, Lacking } from './lacking.ts'

type ReachBooks = Pick<Books, 'intake' | 'keys' | 'load' | 'transactions'>

/** Acts of the municipality that may be booked otherwise than the file says, and what they come to at most. */
export type Reach = {
  readonly acts: number
  readonly minutes: number
  /** By the highest rate of all municipalities, a yen more an act. */
  readonly yen: number
  /** Balances brought in elsewhere may have come along with who moved here, or with a municipality that is part of this one now. */
  readonly balances: boolean
}

/** What is lacking. `elsewhere`: what cannot be here, and how far that reaches. `here`: what an auditor's file holds by its nature, and has not. */
export type Judged = { readonly elsewhere: Lacking; readonly here: Lacking; readonly reach: Reach }

type Act = { readonly scopes: Set<string>; readonly people: Set<string>; giver: string | undefined; minutes: number }

const PAGE = 500
const FOR_EVER = '9999-12-31'
/** Kinds that speak of one action in which the municipality has part. */
const OF_AN_ACTION: readonly EntryKind[] = ['dispute', 'ruling', 'appeal', 'appeal-ruling']
/** Kinds after which what somebody gives or confirms counts otherwise. */
const OF_A_PERSON: readonly EntryKind[] = ['death', 'suspension', 'suspension-end']
const OF_BALANCES: readonly EntryKind[] = ['import', 'opening']

/** `rate`: the highest of all yen per hour. `isAuditors`: the file is of this municipality's auditor, and holds by its nature all that is its own. */
export type Judging = { readonly knownAt: Position; readonly rate: number; readonly isAuditors: boolean }

/** The gaps as known at a position, for a municipality. */
export const judgeGaps = async (
  books: ReachBooks,
  code: string,
  all: readonly Gap[],
  { knownAt, rate, isAuditors }: Judging,
): Promise<Judged> => {
  const mergers = mergersKnownAt(await readDoc(books, 'mergers', 'mergers:all'), knownAt)
  const towns = await townsOfPeople(books, mergers)
  const today = dayOf(knownAt.instant)
  const isHere = (gap: Gap): boolean =>
    isAuditors &&
    ('town' in gap
      ? successorOn(mergers, gap.town, today) === successorOn(mergers, code, today)
      : towns.get(gap.author)?.has(code) === true)
  const gaps = all.filter(({ leaf }) => leaf <= knownAt.leaf)
  const elsewhere = gaps.filter((gap) => !isHere(gap))
  const reach =
    lackingCount(lackingOf(elsewhere)) === 0 ? NOTHING : await reachOf({ books, mergers, towns }, code, elsewhere, { knownAt, rate })
  return { elsewhere: lackingOf(elsewhere), here: lackingOf(gaps.filter(isHere)), reach }
}

const NOTHING: Reach = { acts: 0, minutes: 0, yen: 0, balances: false }

type Known = { readonly books: ReachBooks; readonly mergers: readonly Merger[]; readonly towns: ReadonlyMap<string, ReadonlySet<string>> }

const reachOf = async (
  { books, mergers, towns }: Known,
  code: string,
  gaps: readonly Gap[],
  { knownAt, rate }: { readonly knownAt: Position; readonly rate: number },
): Promise<Reach> => {
  const acts = [...(await actsOf(books, code, knownAt)).values()]
  const kinds = kindsByTown(gaps)
  const authors = new Set(gaps.flatMap((gap) => ('author' in gap ? [gap.author] : [])))
  const isOf = (scope: string, town: string): boolean => scope === town || successorOn(mergers, scope, FOR_EVER) === town
  const reached = new Set(acts.filter(({ giver }) => giver !== undefined && authors.has(giver)))
  for (const [town, entries] of kinds) {
    const countOf = (some: readonly EntryKind[]): number => some.reduce((sum, kind) => sum + (entries.get(kind) ?? 0), 0)
    const hasPart = ({ scopes }: Act): boolean => [...scopes].some((scope) => isOf(scope, town))
    const known = ({ people }: Act): number => [...people].filter((did) => towns.get(did)?.has(town) === true).length
    const most = longest(acts.filter(hasPart), countOf(OF_AN_ACTION))
    const ofPeople = actsOfThoseWithMost(
      acts.filter((act) => hasPart(act) || known(act) > 0),
      countOf(OF_A_PERSON),
    )
    // Who lives together are two, both known to the desk that says so.
    const ofHouseholds = entries.has('household') ? acts.filter((act) => known(act) >= 2) : []
    for (const act of [...most, ...ofPeople, ...ofHouseholds]) reached.add(act)
  }
  const minutes = minutesOf([...reached])
  const balances = [...kinds].some(
    ([town, entries]) =>
      (town !== code && isOf(town, code)) ||
      (OF_BALANCES.some((kind) => entries.has(kind)) &&
        (town === code || [...towns.values()].some((codes) => codes.has(town) && codes.has(code)))),
  )
  return { acts: reached.size, minutes, yen: Math.ceil((minutes * rate) / 60) + reached.size, balances }
}

const minutesOf = (acts: readonly Act[]): number => acts.reduce((sum, act) => sum + act.minutes, 0)

/** An entry speaks of one action: so many of them, those that come to most. */
const longest = (acts: readonly Act[], count: number): readonly Act[] => acts.toSorted((a, b) => b.minutes - a.minutes).slice(0, count)

/** An entry speaks of one person: all acts of so many people, of those whose acts come to most. */
const actsOfThoseWithMost = (acts: readonly Act[], count: number): readonly Act[] => {
  if (count === 0) return []
  const byPerson = new Map<string, Act[]>()
  for (const act of acts)
    for (const did of act.people) {
      const known = byPerson.get(did)
      if (known === undefined) byPerson.set(did, [act])
      else known.push(act)
    }
  const people = [...byPerson.values()].toSorted((a, b) => minutesOf(b) - minutesOf(a))
  return people.slice(0, count).flat()
}

const kindsByTown = (gaps: readonly Gap[]): ReadonlyMap<string, ReadonlyMap<EntryKind, number>> => {
  const kinds = new Map<string, Map<EntryKind, number>>()
  for (const gap of gaps) {
    if (!('entry' in gap)) continue
    const ofTown = kinds.get(gap.town) ?? new Map<EntryKind, number>()
    kinds.set(gap.town, ofTown.set(gap.entry, (ofTown.get(gap.entry) ?? 0) + 1))
  }
  return kinds
}

/** All acts that name the municipality or have lines in its books, refused ones too, by their uri. */
const actsOf = async (books: ReachBooks, code: string, knownAt: Position): Promise<ReadonlyMap<string, Act>> => {
  const acts = new Map<string, Act>()
  const actAt = (uri: string): Act => {
    const act: Act = acts.get(uri) ?? { scopes: new Set(), people: new Set(), giver: undefined, minutes: 0 }
    acts.set(uri, act)
    return act
  }
  for (let after = 0; ;) {
    const booked = await books.transactions({ scope: code, after, limit: PAGE, knownAt })
    for (const { action, lines } of booked) {
      if (action === null) continue
      const act = actAt(action)
      for (const { scope, entity, unit, amount } of lines) {
        act.scopes.add(scope)
        const did = moverOf(entity)
        if (did !== undefined) act.people.add(did)
        if (unit === 'MIN') act.minutes = Math.max(act.minutes, Math.abs(amount))
      }
    }
    const last = booked.at(-1)
    if (last === undefined) break
    after = last.position
  }
  for await (const doc of actionsIn(books, knownAt.leaf)) {
    if (doc.municipality !== code && !acts.has(doc.uri)) continue
    const act = actAt(doc.uri)
    act.scopes.add(doc.municipality)
    act.giver = doc.repo
    for (const did of peopleIn(doc)) act.people.add(did)
    act.minutes = Math.max(act.minutes, doc.minutes)
  }
  return acts
}

async function* actionsIn(books: ReachBooks, upTo: number): AsyncGenerator<ActionDoc> {
  for (let after = { leaf: 0, op: 0 }; ;) {
    const rows = await books.intake(after, PAGE)
    for (const { collection, uri, leaf } of rows) {
      if (leaf > upTo) return
      const doc = collection === nsid.action ? await readDoc(books, 'action', `action:${uri}`) : null
      if (doc !== null) yield doc
    }
    const last = rows.at(-1)
    if (last === undefined) return
    after = last
  }
}

const peopleIn = ({ giver, beneficiaries, confirmations }: ActionDoc): readonly string[] => [
  ...[moverOf(giver)].flatMap((did) => did ?? []),
  ...beneficiaries.flatMap(({ did }) => did ?? []),
  ...confirmations.map(({ repo }) => repo),
]

/** Which municipalities have ever taken somebody in. */
const townsOfPeople = async (books: ReachBooks, mergers: readonly Merger[]): Promise<ReadonlyMap<string, ReadonlySet<string>>> => {
  const towns = new Map<string, ReadonlySet<string>>()
  for (let after: string | null = null; ;) {
    const keys: readonly string[] = await books.keys('admissions:', after, PAGE)
    for (const [key, doc] of await books.load(keys)) {
      if (doc === null || doc.kind !== 'admissions') continue
      const codes = doc.spans.flatMap(({ code }) => [code, successorOn(mergers, code, FOR_EVER)])
      towns.set(key.slice('admissions:'.length), new Set(codes))
    }
    after = keys.at(-1) ?? null
    if (after === null) return towns
  }
}

/**
 * Whether all that differs may come of what is reached. Which lines are shown, and which categories are merged, may change with any act; a figure that both show
 * changes by what is reached at most.
 */
export const isWithinReach = (differences: readonly Difference[], reach: Reach): boolean => {
  const isRegrouped = differences.some(({ line, signed, made }) => isOfCategory(line) && (signed === null || made === null))
  return differences.every((difference) => isReached(difference, reach, isRegrouped))
}

const isReached = ({ line, signed, made }: Difference, reach: Reach, isRegrouped: boolean): boolean => {
  const [part = '', unit = ''] = line.split('.')
  if (reach.balances && (part === 'notes' || line.includes('.BS.') || line.includes('.NA.'))) return true
  if (reach.acts === 0) return false
  if (HEAD_WHEN_SHOWN.has(part)) return signed === null || made === null
  if (!MOVED.has(part)) return false
  if (!isNumber(signed) || !isNumber(made) || (isOfCategory(line) && isRegrouped)) return true
  return Math.abs(Number(signed) - Number(made)) <= (unit === 'JPY' ? reach.yen : reach.minutes)
}

/** Parts of a statement that follow from acts; the rest of its head does not. */
const MOVED: ReadonlySet<string> = new Set(['units', 'notes', 'rateCids'])
/** A statement with too few people behind it has neither. */
const HEAD_WHEN_SHOWN: ReadonlySet<string> = new Set(['hidden', 'policyCid'])

const isOfCategory = (line: string): boolean => line.includes('.byCategory.')

const isNumber = (value: string | null): boolean => value !== null && /^-?\d+$/.test(value)
