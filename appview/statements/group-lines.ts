// Which sums of several municipalities are shown: those of which the rest, less the municipalities that show their own, has enough people or nobody. And
// of the whole what was given is what was received: where the sums of prefectures would tell it, the rest of what was received needs enough people, too.

import { isEnoughPeople, type Passage, type PassageKind } from './passages.ts'
import type { Routes } from './routes.ts'
import type { Level } from './small-groups.ts'

/** What a municipality's own statement of the year shows. */
export type TownShown = { readonly code: string; readonly level: Level; readonly prior: boolean }

/** What was given; who received: people, the public; the lines of earlier years. Each holds the one before. */
export type Lines = { readonly given: boolean; readonly parts: boolean; readonly prior: boolean }

export type GroupLines = { readonly prefectures: ReadonlyMap<string, Lines>; readonly federation: Lines }

const NO_LINES: Lines = { given: false, parts: false, prior: false }

export const groupLinesOf = (
  routes: Routes,
  towns: readonly TownShown[],
  prefectures: ReadonlyMap<string, readonly string[]>,
): GroupLines => {
  const pick = (codes: readonly string[]): readonly TownShown[] => towns.filter(({ code }) => codes.includes(code))
  const own = new Map([...prefectures].map(([prefecture, members]) => [prefecture, linesOf(routes, pick(members))]))
  const hiddenIn = (lines: ReadonlyMap<string, Lines>, line: keyof Lines): readonly TownShown[] =>
    pick([...prefectures].filter(([prefecture]) => lines.get(prefecture)?.[line] !== true).flatMap(([, members]) => members))
  const all = linesOf(routes, towns)
  const given = all.given && linesOf(routes, hiddenIn(own, 'given')).given
  const parts = given && all.parts && linesOf(routes, hiddenIn(own, 'parts')).parts
  const prior = parts && all.prior && linesOf(routes, hiddenIn(own, 'prior')).prior
  const found: GroupLines = { prefectures: own, federation: { given, parts, prior } }
  const isWholeTold = ({ prefectures: lines, federation }: GroupLines): boolean =>
    federation.given || hiddenIn(lines, 'given').every(({ level }) => level !== 'nothing')
  const isRestEnough = ({ prefectures: lines }: GroupLines): boolean => {
    const undivided = hiddenIn(lines, 'parts').filter(({ level }) => level !== 'parts')
    return isReceivedEnough(routes, 'year', codesOf(undivided))
  }
  if (!isWholeTold(found) || isRestEnough(found)) return found
  const undivided = onlyLines(
    found,
    (prefecture) => pick(prefectures.get(prefecture) ?? []).some(({ level }) => level !== 'parts'),
    'given',
  )
  if (isRestEnough(undivided)) return undivided
  return onlyLines(undivided, (prefecture) => pick(prefectures.get(prefecture) ?? []).some(({ level }) => level === 'nothing'), 'nothing')
}

/** Where it is said, prefectures show no more than this, and so does the whole. */
const onlyLines = (
  { prefectures, federation }: GroupLines,
  where: (prefecture: string) => boolean,
  most: 'given' | 'nothing',
): GroupLines => {
  const less = ({ given }: Lines): Lines => ({ ...NO_LINES, given: given && most === 'given' })
  return {
    prefectures: new Map([...prefectures].map(([prefecture, lines]) => [prefecture, where(prefecture) ? less(lines) : lines])),
    federation: less(federation),
  }
}

const codesOf = (towns: readonly TownShown[]): readonly string[] => towns.map(({ code }) => code)

const linesOf = (routes: Routes, towns: readonly TownShown[]): Lines => {
  const codes = (hides: (town: TownShown) => boolean): readonly string[] => codesOf(towns.filter(hides))
  const given = isGivenEnough(
    routes,
    'year',
    codes(({ level }) => level === 'nothing'),
  )
  const undivided = codes(({ level }) => level !== 'parts')
  const parts = given && isReceivedEnough(routes, 'people', undivided) && isReceivedEnough(routes, 'public', undivided)
  const early = codes((town) => !town.prior)
  const isLateEnough = (['priorPeople', 'priorPublic'] as const).every((kind) => isReceivedEnough(routes, kind, early))
  return { given, parts, prior: parts && isGivenEnough(routes, 'prior', early) && isLateEnough }
}

/** By who gave alone, as the line of what was given counts. */
const isGivenEnough = (routes: Routes, kind: PassageKind, givers: readonly string[]): boolean =>
  isEnoughPeople(
    [...routes.between(kind, givers, givers), ...routes.between(kind, givers, null)].map((one): Passage => ({
      ...one,
      receiver: one.giver,
    })),
  )

const isReceivedEnough = (routes: Routes, kind: PassageKind, receivers: readonly string[]): boolean =>
  isEnoughPeople([...routes.between(kind, receivers, receivers), ...routes.between(kind, null, receivers)])
