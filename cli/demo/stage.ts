// What a chapter of the demo's story works with: the network, who takes part, the time, the desks, and ways to write and to wait.

import { method, nsid } from '../../lexicons/authority.ts'
import { nonce } from '../../atproto/nonce.ts'
import { procedureAs, queryAs, type Fields } from '../network/as-person.ts'
import type { CivilNow } from '../network/civil-now.ts'
import { deskOf, type DeskMethodName } from '../network/desk-call.ts'
import type { RunningNetwork } from '../network/start-network.ts'
import { createRecord, type Session } from '../xrpc-client.ts'
import type { Cast, Staff } from './accounts.ts'
import type { Calendar } from './calendar.ts'
import type { Person } from './cast.ts'
import { untilBooked, untilPublished, untilRelayed, type NewestCommits } from './settle.ts'

export type TownIndex = 0 | 1
export type Subject = { readonly uri: string; readonly cid: string }

export type Stage = {
  readonly network: RunningNetwork
  readonly dir: string
  readonly calendar: Calendar
  readonly people: readonly Person[]
  readonly cast: Cast
  readonly newest: NewestCommits
  readonly codes: readonly string[]
  /** What the clocks were last set to. */
  now: CivilNow
  /** A line for whoever watches. */
  readonly say: (line: string) => void
  /** A deed of a town's desk, by one of its two. What it publishes is waited for by `settled`. */
  desk(town: TownIndex, by: keyof Staff, name: DeskMethodName, input?: Fields): Promise<Fields>
  /** An act written into the giver's repo. */
  act(giver: Session, value: Fields): Promise<Subject>
  /** A confirmation written into the confirmer's own repo. */
  confirm(by: Session, subject: Subject, value: Fields): Promise<void>
  /** A confirmation that only the municipality publishes, without the person. */
  confirmPrivately(by: Session, subject: Subject): Promise<void>
  /** Records the appview publishes, for `relayed` to wait for. */
  willBePublished(uris: readonly string[]): void
  statement(by: Session, params: Readonly<Record<string, string>>): Promise<Fields>
  /** What was written is in the log. */
  relayed(): Promise<void>
  /** And in the books. */
  settled(): Promise<void>
}

export const CODE_SCHEME = 'jis-x-0402'

/** A person of the cast by index. */
export const personAt = (stage: Pick<Stage, 'cast'>, index: number): Session => {
  const session = stage.cast.people[index]
  if (session === undefined) throw new RangeError(`nobody in the cast is number ${index}`)
  return session
}

/** The index of whoever plays a part. */
export const playerOf = ({ people }: Pick<Stage, 'people'>, part: Person['part']): number => people.findIndex((one) => one.part === part)

type Given = Pick<Stage, 'network' | 'dir' | 'calendar' | 'people' | 'cast' | 'newest' | 'now' | 'say'>

export const createStage = (given: Given): Stage => {
  const { network, cast, newest } = given
  const { urls } = network
  const codes = network.file().towns.map(({ code }) => code)
  let published: string[] = []
  const noted = (answer: Fields): Fields => {
    if (typeof answer['uri'] === 'string') published.push(answer['uri'])
    return answer
  }
  const relayed = async (): Promise<void> => {
    const uris = published
    published = []
    await untilPublished(cast, newest, uris)
    await untilRelayed(urls, newest)
  }
  const stage: Stage = {
    ...given,
    codes,
    desk: async (town, by, name, input) => {
      const session = cast.staff[town]?.[by] ?? cast.auditor
      return noted(await deskOf(session, urls.appview, codes[town] ?? '')(name, input))
    },
    act: async (giver, value) => {
      const made = await createRecord(giver, nsid.action, {
        municipality: { scheme: CODE_SCHEME, code: codes[0] ?? '' },
        performedOn: stage.now.date,
        ...value,
        nonce: nonce(),
        createdAt: stage.now.instant,
      })
      newest.note(giver, made.rev)
      return made
    },
    confirm: async (by, { uri, cid }, value) => {
      const record = { subject: { uri, cid }, verdict: 'confirmed', ...value, nonce: nonce(), createdAt: stage.now.instant }
      newest.note(by, (await createRecord(by, nsid.confirmation, record)).rev)
    },
    confirmPrivately: async (by, { uri, cid }) => {
      noted(await procedureAs(by, urls.appview, method.confirm, { subject: { uri, cid }, verdict: 'confirmed' }))
    },
    willBePublished: (uris) => void published.push(...uris),
    statement: (by, params) => queryAs(by, urls.appview, method.getStatement, params),
    relayed,
    settled: async () => {
      await relayed()
      await untilBooked(urls)
    },
  }
  return stage
}
