// The path of a record of the town as its desk reads it: the stations of its writer's own page, in words about somebody else.

import { notFound } from '../../../../auth/access.ts'
import type { ActionView, TransactionView } from '../../../../queries/views.ts'
import { accountOf } from '../../../../journal/chart.ts'
import type { PagesDeps } from '../../deps.ts'
import type { Words } from '../../lang.ts'
import { nameOf } from '../../names.ts'
import { stateOf } from '../../prospect.ts'
import { booked, committed, confirmed, FIRST_MEMO_ACCOUNT, inLog, received, recorded } from '../../stations.ts'
import type { Station } from '../../trace.ts'
import type { AtDesk } from '../door.ts'

/** A share of an act that went to nobody known by name here. */
/** `isKnown`: the desk has said who it is. */
export type Unnamed = { readonly index: number; readonly minutes: number; readonly isKnown: boolean }
export type RecordView = {
  readonly uri: string
  readonly giver: string
  readonly action: ActionView | null
  readonly stations: readonly Station[]
  readonly unnamed: readonly Unnamed[]
}

/** Throws NotFound for what this desk may not read. */
export const gatherRecord = async (deps: PagesDeps, at: AtDesk, uri: string): Promise<RecordView> => {
  const trace = await deps.queries.traceWrite({ kind: 'account', did: at.actor.did }, uri)
  const { action, steps } = trace
  if (trace.seen === 'nothing') throw notFound()
  const state = action === null ? null : stateOf(action, true)
  const authors = await Promise.all((action?.confirmations ?? []).map(({ author }) => nameOf(deps, author)))
  const entries = (steps.transactions ?? []).filter(({ lines }) => lines.some(({ account }) => account < FIRST_MEMO_ACCOUNT))
  return {
    uri,
    giver: await nameOf(deps, uri.split('/')[2] ?? ''),
    action,
    stations: [
      ofAnother(recorded(trace)),
      ofAnother(committed(trace)),
      received(trace),
      inLog(trace),
      ...(action === null || state === null ? [] : [confirmed(action, state, authors)]),
      ...(entries.length === 0 ? [] : [booked(entries, await lineNamer(deps, entries))]),
    ],
    unnamed: action === null ? [] : await unnamedOf(deps, at, action.uri),
  }
}

/** The same sentence about a record that is not the reader's. */
const ofAnother = (station: Station): Station => ({
  ...station,
  sentence: {
    ja: station.sentence.ja.replaceAll('あなた', '本人'),
    en: station.sentence.en
      .replace('You wrote this record into your own', 'Written into the writer’s own')
      .replace('You deleted', 'The writer deleted')
      .replace('your key', 'the writer’s key'),
  },
})

/** People by handle: the desk sees whose lines they are. */
const lineNamer = async (deps: PagesDeps, entries: readonly TransactionView[]): Promise<(entity: string, account: number) => Words> => {
  const entities = [...new Set(entries.flatMap(({ lines }) => lines.map(({ entity }) => entity)))]
  const names = new Map(
    await Promise.all(
      entities.map(async (entity) => [entity, /^[PO]:/.test(entity) ? await nameOf(deps, entity.slice(2)) : entity] as const),
    ),
  )
  return (entity, account) => {
    const { ja, en } = accountOf(account) ?? { ja: String(account), en: String(account) }
    const name = names.get(entity) ?? entity
    return { ja: `${ja}　${name}`, en: `${en}, ${name}` }
  }
}

const unnamedOf = async ({ books }: PagesDeps, { town }: AtDesk, uri: string): Promise<readonly Unnamed[]> => {
  const doc = (await books.load([`action:${uri}`])).get(`action:${uri}`)
  if (doc?.kind !== 'action' || doc.recognised === null) return []
  const key = (index: number): string => `mapped:${doc.leaf}/${doc.op}/${index}`
  const mapped = await books.load(doc.recognised.shares.map((_, index) => key(index)))
  return doc.recognised.shares.flatMap(({ entity, minutes }, index) =>
    entity === `X:${town.code}` ? [{ index, minutes, isKnown: (mapped.get(key(index)) ?? null) !== null }] : [],
  )
}
