// Who sees what (contracts.md), as one table. Every query asks here; what is refused looks like what is missing: NotFound.
//
// | caller                                  | statement                      | journal    | action, trace       | list of actions |
// |-----------------------------------------|--------------------------------|------------|---------------------|-----------------|
// | anyone                                  | towns; who chose to be public  | –          | –                   | –               |
// | the person, the organisation            | own, any known-at              | own        | own                 | own             |
// | who is named, the host body             | –                              | –          | what names them     | –               |
// | who confirmed it, with a level          | –                              | –          | it, and their word  | –               |
// | desk: the town's DID, and who holds one | own town, any known-at         | own town   | of their town       | –               |
// | of its roles (clerk … auditor) now      |                                |            |                     |                 |
//
// A trial balance, by any day, answers only where the sight is 'everything'. `X:code#slot` and `C:token` never answer alone. What the owner of an
// account that is not active wrote is shown to that owner alone.

import { XrpcError } from '../../server/xrpc-error.ts'
import { dayOf } from '../journal/calendar.ts'
import type { ActionDoc, Doc } from '../journal/documents.ts'
import type { Roster } from '../journal/model.ts'
import { isAdmitted } from '../journal/residence.ts'
import { nsid } from '../../lexicons/authority.ts'
import type { Books } from '../store/store.ts'
import type { Caller } from './caller.ts'

/** 'snapshot': as the public sees it. 'everything': now, and any known-at. */
export type Sight = 'nothing' | 'snapshot' | 'everything'

/** Of a record. 'own': what the caller wrote, nothing else. 'attested': the action and their own word of it, nobody else's. */
export type RecordSight = 'nothing' | 'own' | 'attested' | 'everything'

export const notFound = (what = 'There is nothing here, or it is not shown to you'): XrpcError => new XrpcError(404, 'NotFound', what)

/** Whose book is asked for: one entity's, or (null) the whole scope's. */
export type Subject = { readonly scope: string; readonly entity: string | null }

export type Access = {
  /** Statements as shown; trial balances only where it is 'everything'. */
  statement(caller: Caller, subject: Subject): Promise<Sight>
  /** Entries one by one; `scope` null: of an entity wherever it has been. */
  journal(caller: Caller, subject: { readonly scope: string | null; readonly entity: string | null }): Promise<Sight>
  /** An action and its trace. `action` null: a record that is none, such as a profile or one not seen yet. */
  record(caller: Caller, uri: string, action: ActionDoc | null): Promise<RecordSight>
  actionsOf(caller: Caller, did: string): Sight
}

export type AccessDeps = {
  readonly books: Books
  readonly roster: () => Roster
  /** Whether somebody works at the desk of a town now; without it nobody but the town itself does. */
  readonly worksAt?: (town: string, did: string) => Promise<boolean>
}

export const createAccess = (deps: AccessDeps): Access => {
  const isDesk = async (caller: Caller, scope: string | null): Promise<boolean> => {
    if (caller.kind !== 'account' || scope === null || !isTown(scope)) return false
    if (deps.roster().some((town) => town.code === scope && town.did === caller.did)) return true
    return (await deps.worksAt?.(scope, caller.did)) ?? false
  }
  const isTown = (scope: string): boolean => deps.roster().some((town) => town.code === scope)
  return {
    statement: async (caller, { scope, entity }) => {
      if (!isTown(scope)) return 'nothing'
      if (entity === null || entity === `M:${scope}`) return (await isDesk(caller, scope)) ? 'everything' : 'snapshot'
      const did = didOfEntity(entity)
      if (did === null) return 'nothing'
      if (isSelf(caller, did)) return 'everything'
      return (await isPublic(deps.books, did)) ? 'snapshot' : 'nothing'
    },
    journal: async (caller, { scope, entity }) => {
      const did = entity === null ? null : didOfEntity(entity)
      if (did !== null) return isSelf(caller, did) ? 'everything' : 'nothing'
      const isOwn = entity === null || entity === `M:${scope ?? ''}`
      return isOwn && (await isDesk(caller, scope)) ? 'everything' : 'nothing'
    },
    record: async (caller, uri, action) => {
      if (caller.kind === 'anyone') return 'nothing'
      const { did } = caller
      const isOwn = authorOf(uri) === did
      const hidden = await hiddenOf(
        deps.books,
        [authorOf(uri), action?.repo ?? did].filter((author) => author !== did),
      )
      if (action === null || hidden.size > 0) return isOwn ? 'own' : 'nothing'
      if (isParty(did, action)) return 'everything'
      for (const scope of new Set(scopesOf(action))) if (await isDesk(caller, scope)) return 'everything'
      if ((isOwn || uri === action.uri) && (await hasAttested(deps.books, did, action))) return 'attested'
      return isOwn ? 'own' : 'nothing'
    },
    actionsOf: (caller, did) => (isSelf(caller, did) ? 'everything' : 'nothing'),
  }
}

const isSelf = (caller: Caller, did: string): boolean => caller.kind === 'account' && caller.did === did

/** P: and O: have a DID behind them; M:, X: and C: have none that could ask. */
export const didOfEntity = (entity: string): string | null => (entity.startsWith('P:') || entity.startsWith('O:') ? entity.slice(2) : null)

const authorOf = (uri: string): string => uri.split('/')[2] ?? ''

const isParty = (did: string, action: ActionDoc): boolean =>
  action.repo === did || action.hostBody === did || action.beneficiaries.some((one) => one.did === did)

/** Whether a word of theirs has a level: offices are heard as such only; a person has to be admitted, on that day or by now. */
const hasAttested = async (books: Pick<Books, 'load' | 'state'>, did: string, action: ActionDoc): Promise<boolean> => {
  const notes = action.confirmations.filter(({ repo }) => repo === did)
  if (notes.length === 0) return false
  if (notes.some(({ role }) => role === 'hostBody' || role === 'municipality')) return true
  const doc = (await books.load([`admissions:${did}`])).get(`admissions:${did}`) ?? null
  const admissions = doc?.kind === 'admissions' ? doc : null
  const { cursor } = await books.state()
  return [...notes.map(({ recordedAt }) => recordedAt), cursor.folded.instant].some((instant) => isAdmitted(admissions, dayOf(instant)))
}

const scopesOf = (action: ActionDoc): string[] => [
  action.municipality,
  ...(action.recognised === null ? [] : [action.recognised.giverScope, ...action.recognised.shares.map(({ scope }) => scope)]),
]

/** Whether an account chose to show its statement, and is active. */
const isPublic = async (books: Books, did: string): Promise<boolean> => {
  const [profile] = await books.rows({ uri: `at://${did}/${nsid.profile}/self`, limit: 1 })
  if (profile === undefined || profile.action === 'delete' || visibilityOf(profile.value) !== 'public') return false
  return (await hiddenOf(books, [did])).size === 0
}

/** Those of them whose account is not active: what they wrote is hidden meanwhile. */
export const hiddenOf = async (books: Pick<Books, 'load'>, dids: readonly string[]): Promise<ReadonlySet<string>> => {
  const unique = [...new Set(dids)]
  if (unique.length === 0) return new Set()
  const docs = await books.load(unique.map((did) => `account:${did}`))
  return new Set(unique.filter((did) => isInactive(docs.get(`account:${did}`) ?? null)))
}

// An account document stands only while the account is not active.
const isInactive = (doc: Doc | null): boolean => doc !== null

const visibilityOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'statementVisibility' in value ? value.statementVisibility : undefined
