// The roster file, and what it may change in a store: towns are added while running; anything else is another journal, which a rebuild makes.

import { readFile } from 'node:fs/promises'
import { isWellFormedDid } from '../../atproto/did.ts'
import { didYouMean } from '../../lexicons/nearest.ts'
import { StartError } from '../../server/start-error.ts'
import { isMunicipalityCode } from '../journal/municipality-code.ts'
import type { Roster, RosterTown } from '../journal/model.ts'
import type { BooksState } from '../store/store.ts'

/** `fromLeaf` null: from the next leaf on. */
export type ListedTown = { readonly code: string; readonly did: string; readonly fromLeaf: number | null }

/** Throws StartError with a sentence that names the file and what is wrong with it. */
export const readRosterFile = async (file: string): Promise<readonly ListedTown[]> => {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch {
    throw new StartError(`The roster file ${file} cannot be read`)
  }
  try {
    return parseRoster(JSON.parse(text))
  } catch (error) {
    throw new StartError(`The roster file ${file} cannot be used: ${error instanceof Error ? error.message : String(error)}`)
  }
}

const TOWN_FIELDS = ['code', 'did', 'fromLeaf']

type Fields = Readonly<Record<string, unknown>>

const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {})

const parseRoster = (value: unknown): ListedTown[] => {
  const { towns } = fieldsOf(value)
  if (!Array.isArray(towns)) throw new Error('it is not {"towns": [{"code", "did"}]}')
  return towns.map((town: unknown, index) => {
    const { code, did, fromLeaf } = fieldsOf(town)
    if (typeof code !== 'string' || !isMunicipalityCode(code)) throw new Error(`town ${index + 1} has no valid municipality code`)
    if (!isWellFormedDid(did))
      throw new Error(`town ${index + 1} (${code}) has no DID: ${String(did)}. After did:plc: come 24 characters of a–z and 2–7`)
    const unknown = Object.keys(fieldsOf(town)).find((name) => !TOWN_FIELDS.includes(name))
    if (unknown !== undefined)
      throw new Error(`town ${index + 1} (${code}) has a field that is not known: ${didYouMean(unknown, TOWN_FIELDS)}`)
    if (fromLeaf !== undefined && fromLeaf !== null && !(typeof fromLeaf === 'number' && Number.isSafeInteger(fromLeaf) && fromLeaf >= 0))
      throw new Error(`fromLeaf of town ${code} is not a leaf number`)
    return { code, did, fromLeaf: typeof fromLeaf === 'number' ? fromLeaf : null }
  })
}

export type RosterChange =
  | { readonly ok: true; readonly roster: Roster; readonly added: Roster }
  | { readonly ok: false; readonly sentence: string }

const OTHERWISE =
  'Towns can be added while running; any other change is another journal: `npx waki rebuild --roster FILE` folds the books anew under the new file'

/** What the file makes of the roster a store is bound to. A town added later counts from `nextLeaf`, whatever the file says: the past is not rewritten. */
export const changeRoster = (
  { roster: bound, left }: Pick<BooksState, 'roster' | 'left'>,
  listed: readonly ListedTown[],
  nextLeaf: number,
): RosterChange => {
  const back = listed.find((one) => left.some((town) => isSame(one, town)))
  if (back !== undefined)
    return { ok: false, sentence: `The roster lists ${back.code} with ${back.did}, who has left these books. ${OTHERWISE}` }
  const missing = bound.find((town) => !listed.some((one) => isSame(one, town)))
  if (missing !== undefined)
    return {
      ok: false,
      sentence: `The roster no longer lists ${missing.code} with ${missing.did}, who is in the books from leaf ${missing.fromLeaf} on. ${OTHERWISE}`,
    }
  const isFirst = bound.length === 0 && nextLeaf <= 1
  const added = listed
    .filter((one) => !bound.some((town) => isSame(one, town)))
    .map(({ code, did, fromLeaf }) => ({ code, did, fromLeaf: isFirst ? (fromLeaf ?? nextLeaf) : Math.max(fromLeaf ?? 0, nextLeaf) }))
  return { ok: true, roster: [...bound, ...added], added }
}

/** The roster of a rebuild: known towns keep their leaf, new ones count from where the file says, else from the beginning. */
export const rosterOfRebuild = (bound: Roster, listed: readonly ListedTown[]): Roster =>
  listed.map(({ code, did, fromLeaf }) => {
    const known = bound.find((town) => town.code === code && town.did === did)
    return { code, did, fromLeaf: known?.fromLeaf ?? fromLeaf ?? 1 }
  })

/** Who leaves and who comes, in words; '' where nothing changes. */
export const changesBetween = (bound: Roster, next: Roster): string => {
  const lacks = (towns: Roster) => (town: RosterTown) => !towns.some((one) => isSame(one, town))
  return [
    ...bound.filter(lacks(next)).map(({ code, did }) => `${code} with ${did} leaves`),
    ...next.filter(lacks(bound)).map(({ code, did, fromLeaf }) => `${code} with ${did} comes, from leaf ${fromLeaf} on`),
  ].join('; ')
}

const isSame = (one: ListedTown, town: RosterTown): boolean => one.code === town.code && one.did === town.did
