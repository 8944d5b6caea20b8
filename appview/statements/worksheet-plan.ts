// Which worksheets are shown to everybody: one plan for the whole federation, from the books alone. Promise (I16): beside the statements of the
// municipalities, no worksheet tells a figure with too few people behind it, by sums and differences of any of them: what stayed in a municipality,
// what left it, what came to it, the same of a prefecture and what passed between its municipalities, what passed between two municipalities.
//
// How: a worksheet stands where what stayed, left and came each has enough people, or where nothing left and nothing came. Where only two exchange
// anything, what leaves one comes to the other: both stand or neither. A prefecture stands only where the rest, less the worksheets of its municipalities
// that stand, has enough people. A municipality or prefecture never changes what another one's own statement shows: where a total would tell the rest of
// those that are hidden, the total is left out.
//
// Clearing is never shown but of the whole, where it is 0: from year to year it tells what moved with those who moved.

import { groupLinesOf, type Lines, type TownShown } from './group-lines.ts'
import { isEnoughPeople, type Passage } from './passages.ts'
import { prefectureOf } from './prefectures.ts'
import { Exchange } from './exchange.ts'
import { Routes } from './routes.ts'

export type { TownShown } from './group-lines.ts'

/** `total`: given and received; `parts`: also received by people and by the public; `prior`: the lines of earlier years. */
export type SheetShown = { readonly total: boolean; readonly parts: boolean; readonly prior: boolean }

/** Of a prefecture or the federation: its lines, and its worksheet. */
export type GroupShown = Lines & { readonly sheet: SheetShown }

export type WorksheetPlan = {
  readonly towns: ReadonlyMap<string, SheetShown>
  readonly prefectures: ReadonlyMap<string, GroupShown>
  readonly federation: GroupShown
}

export const worksheetPlanOf = (towns: readonly TownShown[], passages: readonly Passage[]): WorksheetPlan => {
  const routes = new Routes(passages)
  const codes = towns.map(({ code }) => code)
  const prefectures = Map.groupBy(codes, prefectureOf)
  const lines = groupLinesOf(routes, towns, prefectures)
  const own = new Map(towns.map((town) => [town.code, town]))
  const world = { routes, codes, prefectures }
  const year = sheetsIn(
    { ...world, kind: 'year' },
    { town: (code) => own.get(code)?.level === 'parts', prefecture: (prefecture) => lines.prefectures.get(prefecture)?.parts === true },
  )
  const late = sheetsIn(
    { ...world, kind: 'prior' },
    { town: (code) => own.get(code)?.prior === true, prefecture: (prefecture) => lines.prefectures.get(prefecture)?.prior === true },
  )
  const shown = new Map(
    codes.map((code): readonly [string, SheetShown] => {
      const total = year.towns.has(code)
      return [code, { total, parts: total && hasParts(routes, [code]), prior: late.towns.has(code) }]
    }),
  )
  const isDivided = (members: readonly string[]): boolean =>
    members.every((code) => shown.get(code)?.parts === true) &&
    hasParts(routes, members) &&
    (['people', 'public'] as const).every((kind) => isEnoughPeople(routes.between(kind, members, members).filter(isAcross)))
  const groups = [...prefectures].map(([prefecture, members]): readonly [string, GroupShown] => {
    const total = year.prefectures.has(prefecture)
    const sheet = { total, parts: total && isDivided(members), prior: late.prefectures.has(prefecture) }
    return [prefecture, { ...(lines.prefectures.get(prefecture) ?? NO_LINES), sheet }]
  })
  const { parts, prior } = lines.federation
  // What leaves the federation and comes to it is nothing: its worksheet tells no more than its lines.
  const federation = { ...lines.federation, sheet: { total: parts, parts, prior } }
  return { towns: shown, prefectures: new Map(groups), federation }
}

const NO_LINES: Lines = { given: false, parts: false, prior: false }

const isAcross = ({ giverScope, receiverScope }: Passage): boolean => giverScope !== receiverScope

/** Whether what stayed and what came may be told apart by who received it. */
const hasParts = (routes: Routes, members: readonly string[]): boolean =>
  (['people', 'public'] as const).every((kind) => routes.isEnough(kind, members, members) && routes.isEnough(kind, null, members))

type World = {
  readonly routes: Routes
  readonly kind: 'year' | 'prior'
  readonly codes: readonly string[]
  readonly prefectures: ReadonlyMap<string, readonly string[]>
}
type May = { readonly town: (code: string) => boolean; readonly prefecture: (prefecture: string) => boolean }
type Sheets = { readonly towns: ReadonlySet<string>; readonly prefectures: ReadonlySet<string> }

const sheetsIn = ({ routes, kind, codes, prefectures }: World, may: May): Sheets => {
  const membersOf = (prefecture: string): readonly string[] => prefectures.get(prefecture) ?? []
  const towns = new Exchange(routes, kind, new Map(codes.map((code) => [code, [code]])))
  const groups = new Exchange(routes, kind, prefectures)
  const loneIn = (prefecture: string): string | undefined => {
    const active = membersOf(prefecture).filter((code) => towns.partnersOf(code).size > 0)
    return active.length === 1 ? active[0] : undefined
  }
  const groupsBeside = (shown: ReadonlySet<string>): ReadonlySet<string> => {
    const mayStand = (prefecture: string): boolean => {
      const members = membersOf(prefecture)
      const lone = loneIn(prefecture)
      const within = routes.between(kind, members, members)
      const rest = within.filter((one) => isAcross(one) || !shown.has(one.giverScope))
      return may.prefecture(prefecture) && (lone === undefined || shown.has(lone)) && isEnoughPeople(within) && isEnoughPeople(rest)
    }
    return groups.standing(mayStand, towns.isHidingBeside(shown))
  }
  const first = towns.standing((code) => may.town(code) && routes.isEnough(kind, [code], [code]))
  const beside = groupsBeside(first)
  // The sheet of the one municipality of a prefecture that exchanges anything is its prefecture's sheet.
  const told = [...prefectures.keys()].filter((prefecture) => {
    const other = groups.onlyPartnerOf(prefecture)
    return other !== undefined && !(beside.has(prefecture) && beside.has(other))
  })
  const withdrawn = new Set(told.map(loneIn))
  const shown = new Set([...first].filter((code) => !withdrawn.has(code)))
  return { towns: shown, prefectures: groupsBeside(shown) }
}
