// Waiting for the network to have taken in what was written, before its clocks step on. Asks the servers; never a guessed pause.

import { systemClock } from '../../server/clock.ts'
import type { NetworkUrls } from '../network/specs.ts'
import type { Cast } from './accounts.ts'
import { query, XrpcRefused, type Session } from '../xrpc-client.ts'

const POLL_MS = 10
const PATIENCE_MS = 60_000

export const until = async (what: string, reached: () => Promise<boolean>): Promise<void> => {
  const clock = systemClock()
  const deadline = clock.monotonicMs() + PATIENCE_MS
  while (!(await reached())) {
    if (clock.monotonicMs() > deadline) throw new XrpcRefused(504, 'NotSettled', `${what} after ${PATIENCE_MS / 1000} s`)
    await clock.sleep(POLL_MS)
  }
}

/** The newest commit of each PDS that was written to. A PDS gives its revs in one rising order, whoever's repo it is. */
export type NewestCommits = {
  readonly note: (session: Session, rev: string) => void
  readonly all: () => readonly { readonly did: string; readonly rev: string }[]
}

export const newestCommits = (): NewestCommits => {
  const byService = new Map<string, { did: string; rev: string }>()
  return {
    note: (session, rev) => {
      if (rev > (byService.get(session.service)?.rev ?? '')) byService.set(session.service, { did: session.did, rev })
    },
    all: () => [...byService.values()],
  }
}

/** Until the relay has accepted each PDS's newest commit, and so all before it. */
export const untilRelayed = async (urls: NetworkUrls, newest: NewestCommits): Promise<void> => {
  for (const { did, rev } of newest.all()) {
    await until(`the relay has not taken in ${did} ${rev}`, async () => {
      const latest = await query(urls.relay, 'com.atproto.sync.getLatestCommit', { did }).catch(() => undefined)
      return typeof latest?.['rev'] === 'string' && latest['rev'] >= rev
    })
  }
}

const isThere = async (session: Session, uri: string): Promise<boolean> => {
  const [repo = '', collection = '', rkey = ''] = uri.slice('at://'.length).split('/')
  const found = await query(session.service, 'com.atproto.repo.getRecord', { repo, collection, rkey }).catch(() => undefined)
  return found !== undefined
}

/** Until what the appview publishes for towns and host bodies stands in their repos; their newest commits are then waited for like anybody's. */
export const untilPublished = async (
  cast: Pick<Cast, 'towns' | 'hosts'>,
  newest: NewestCommits,
  uris: readonly string[],
): Promise<void> => {
  const publishers = [...cast.towns, ...cast.hosts]
  const touched = new Set<Session>()
  for (const uri of uris.toReversed()) {
    const session = publishers.find(({ did }) => uri.startsWith(`at://${did}/`))
    if (session === undefined) continue
    touched.add(session)
    await until(`${uri} is not published`, () => isThere(session, uri))
  }
  for (const session of touched) {
    const { rev } = await query(session.service, 'com.atproto.sync.getLatestCommit', { did: session.did })
    newest.note(session, String(rev))
  }
}

const fieldIn = async (url: string, name: string): Promise<unknown> => {
  const response = await fetch(url).catch(() => undefined)
  const body: unknown = response?.ok === true ? await response.json() : undefined
  return typeof body === 'object' && body !== null ? Object.entries(body).find(([key]) => key === name)?.[1] : undefined
}

const numberIn = async (url: string, name: string): Promise<number | undefined> => {
  const value = await fieldIn(url, name)
  return typeof value === 'number' ? value : undefined
}

/** The time of the log's first leaf, ISO. */
export const openedAt = async (urls: NetworkUrls): Promise<string> => String(await fieldIn(`${urls.relay}/log/leaf/1`, 'time'))

/** How many leaves the relay's log has. */
export const leavesOf = async (urls: NetworkUrls): Promise<number> => (await numberIn(`${urls.relay}/log/origin`, 'leaves')) ?? 0

/** Until the appview has booked every leaf that the relay has given out. */
export const untilBooked = async (urls: NetworkUrls): Promise<void> => {
  const leaves = await leavesOf(urls)
  await until(
    'the books have not caught up with the relay',
    async () => ((await numberIn(`${urls.appview}/network.json`, 'leaf')) ?? -1) >= leaves,
  )
}

/** Until the relay has heard that an account is no more. */
export const untilGone = (urls: NetworkUrls, did: string): Promise<void> =>
  until(`the relay has not heard that ${did} is deleted`, async () => {
    const status = await query(urls.relay, 'com.atproto.sync.getRepoStatus', { did }).catch(() => undefined)
    return status?.['active'] === false
  })
