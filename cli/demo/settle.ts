// Waiting for the network to have taken in what was written, before its clocks step on. Asks the servers; never a guessed pause.

import { systemClock } from '../../server/clock.ts'
import type { NetworkUrls } from '../network/specs.ts'
import { query, XrpcRefused, type Session } from '../xrpc-client.ts'

const POLL_MS = 10
const PATIENCE_MS = 60_000

const until = async (what: string, reached: () => Promise<boolean>): Promise<void> => {
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

const numberIn = async (url: string, name: string): Promise<number | undefined> => {
  const response = await fetch(url).catch(() => undefined)
  const body: unknown = response?.ok === true ? await response.json() : undefined
  const value: unknown = typeof body === 'object' && body !== null ? Object.entries(body).find(([key]) => key === name)?.[1] : undefined
  return typeof value === 'number' ? value : undefined
}

/** Until the appview has booked every leaf that the relay has given out. */
export const untilBooked = async (urls: NetworkUrls): Promise<void> => {
  const leaves = await numberIn(`${urls.relay}/log/origin`, 'leaves')
  await until(
    'the books have not caught up with the relay',
    async () => ((await numberIn(`${urls.appview}/network.json`, 'leaf')) ?? -1) >= (leaves ?? 0),
  )
}
