// An account that is erased. Its place in the books is kept under a name that says nothing but the how-manieth erasure it was; so it is the same in every
// journal of the log, and nobody finds the DID from it. Its lines stand as `X:code#slot`, one slot in all scopes.

import { nsid } from '../../lexicons/authority.ts'
import type { GoneDoc } from './documents.ts'
import type { Due, IntakeRow, Posting } from './model.ts'

/** Where it was known by `did`, it is known by `name` from now on. */
export type Erasure = { readonly did: string; readonly name: string }

const NAME = 'did:erased:'

/** The name of the nth account erased. */
export const erasedName = (nth: number): string => `${NAME}${nth}`

/** Those erased whom these rows name. Only what is left of a row has their names; in what somebody wrote they are words. */
export const erasedNamesIn = (rows: readonly IntakeRow[]): readonly string[] => {
  const left = rows.filter(({ residue, repo }) => residue !== undefined || isErased(repo))
  return [...new Set(left.flatMap((row) => JSON.stringify(row).match(NAMES) ?? []))]
}

const NAMES = new RegExp(`${NAME}\\d+`, 'g')

export const isErased = (did: string): boolean => did.startsWith(NAME)

/** Whether somebody known by this name was erased before, of so many who were: intake that is folded again names everybody so from the first row on. */
export const wasErased = (did: string, count: number): boolean => isErased(did) && Number(did.slice(NAME.length)) <= count

/** What an entity's lines in a scope stand under: of an erased one its slot; an organisation and the person behind the same account have one each. */
export const postedEntity = (entity: string, scope: string): string => {
  const did = entity.slice(2)
  if (!isErased(did) || !(entity.startsWith('P:') || entity.startsWith('O:'))) return entity
  return `X:${scope}#${did.slice(NAME.length)}${entity.startsWith('O:') ? 'o' : ''}`
}

export const isOfErased = ({ entity }: Posting): boolean => entity.startsWith(NAME, 2)

export const asPosted = (line: Posting): Posting => {
  const entity = postedEntity(line.entity, line.scope)
  return entity === line.entity ? line : { ...line, entity }
}

/**
 * What an erasure leaves of the acts of an account: their CIDs, so that an act that stands in the books is not claimed a second time when somebody
 * brings its record back. `rows`: of its repo.
 */
export const goneActs = (rows: readonly IntakeRow[]): ReadonlyMap<string, GoneDoc> =>
  new Map(
    rows.flatMap(({ collection, cid }) => (collection === nsid.action && cid !== null ? [[`gone:${cid}`, { kind: 'gone' }] as const] : [])),
  )

/** Due entries up to the first erasure: everybody's documents have other names after it, so it ends a batch. */
export const untilErasure = (dues: readonly Due[]): readonly Due[] => {
  const index = dues.findIndex(({ kind }) => kind === 'account-erasure')
  return index < 0 ? dues : dues.slice(0, index + 1)
}

/** Whether a row says that an account is deleted. It ends a batch, so that no erasure falls due within the batch that scheduled it. */
export const isFarewell = (row: IntakeRow): boolean => row.account?.active === false && row.account.status === 'deleted'
