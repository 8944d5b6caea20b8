// A municipality that names its predecessors: from that day on their books are part of its own. Every balance goes over by 3310; memo stays where it
// was claimed until it is released. No town takes another over against its word: it agrees by naming its `successor`, or it has a month to say otherwise.

import { addDays, later, midnightOf } from './calendar.ts'
import type { MunicipalityDoc } from './documents.ts'
import { occasionOfDue, type Draft, type Occasion } from './draft.ts'
import { mergersOf, successorOn } from './mergers.ts'
import type { Due, IntakeRow } from './model.ts'
import { postKept, transferOfAll } from './moves.ts'
import type { RefusalCode } from './refusals.ts'
import { rollOf } from './roll.ts'
import { isInRoster } from './roster.ts'

const SCHEME = 'at://'
/** How long a predecessor that says nothing has to object. */
const NOTICE_DAYS = 30
const dueOf = (code: string, at: string): Due => ({ at, kind: 'merger', uri: `${SCHEME}${code}` })

const instantOf = ({ validFrom }: MunicipalityDoc): string | null => (validFrom === null ? null : midnightOf(validFrom))

/** Why a municipality cannot have these predecessors. */
export const refusalOfPredecessors = (draft: Draft, town: MunicipalityDoc, { leaf }: IntakeRow, day: string): RefusalCode | undefined => {
  const mergers = mergersOf(draft)
  const { code, predecessors } = town
  if (predecessors.some((old) => old === code || !isInRoster(draft.roster, old, leaf))) return 'town.predecessor-unknown'
  const isElsewhere = (old: string): boolean => mergers.some(({ from, into }) => from === old && into !== code)
  if (predecessors.length > 0 && (successorOn(mergers, code, day) !== code || predecessors.some(isElsewhere))) return 'town.merged-already'
  const isNoticed = town.validFrom !== null && town.validFrom >= addDays(day, NOTICE_DAYS)
  const agrees = (old: string): boolean => {
    const word = successorSaid(draft, old)
    return word === code || (word === null && isNoticed) || mergers.some(({ from }) => from === old)
  }
  return predecessors.every(agrees) ? undefined : 'town.predecessor-not-agreed'
}

const successorSaid = (draft: Draft, code: string): string | null => draft.get('municipality', code)?.successor ?? null

/** What a municipality said before of its predecessors no longer waits for its day. */
export const forgetMerger = (draft: Draft, town: MunicipalityDoc | null): void => {
  const at = town === null ? null : instantOf(town)
  if (town !== null && at !== null && town.predecessors.length > 0) draft.cancel(dueOf(town.code, at))
}

/** Takes the predecessors over now, or when the day comes that the record names. */
export const planMerger = (draft: Draft, town: MunicipalityDoc, occasion: Occasion): void => {
  if (town.predecessors.length === 0) return
  const at = instantOf(town)
  if (at !== null && at > occasion.recordedAt) draft.schedule(dueOf(town.code, at))
  else merge(draft, town, later(town.validFrom ?? occasion.day, occasion.day), occasion, [town.uri])
}

/** The day has come. */
export const mergeWhenDue = (draft: Draft, due: Due): void => {
  const town = draft.get('municipality', due.uri.slice(SCHEME.length))
  const occasion = occasionOfDue(due)
  if (town !== null && instantOf(town) === due.at) merge(draft, town, occasion.day, occasion, [])
}

/** Where the successor itself has become part of another by now, its predecessors go there. What cannot be is told to the town that said it. */
const merge = (draft: Draft, town: MunicipalityDoc, on: string, occasion: Occasion, sources: readonly string[]): void => {
  const { did: repo, uri, cid, leaf, op } = town
  for (const from of town.predecessors) {
    const mergers = mergersOf(draft)
    const code = successorOn(mergers, town.code, on)
    if (mergers.some((one) => one.from === from && successorOn(mergers, one.into, on) === code)) continue
    const isElsewhere = from === code || mergers.some((one) => one.from === from)
    const isUnwilling = ![town.code, null].includes(successorSaid(draft, from))
    if (isElsewhere || isUnwilling) {
      draft.refuse({ repo, uri, cid, leaf, op }, isElsewhere ? 'town.merged-already' : 'town.predecessor-not-agreed')
      continue
    }
    const pages = rollOf(draft, from)
    draft.want(() => pages.flat().map((entity) => `balance:${entity}`))
    for (const [page, entities] of pages.entries()) {
      const lines = entities.flatMap((entity) => transferOfAll(draft, entity, { from, to: code, date: on }))
      if (lines.length === 0) continue
      const head = { effectiveDate: on, kind: 'merger', sources, action: null, rate: null, rateCid: null } as const
      postKept(draft, { id: `${occasion.prefix}/merger/${from}/${page}`, ...head }, lines, occasion)
    }
    draft.put('mergers', 'all', {
      kind: 'mergers',
      mergers: [...mergers, { from, into: code, on, leaf: occasion.leaf, at: occasion.recordedAt }],
    })
  }
}
