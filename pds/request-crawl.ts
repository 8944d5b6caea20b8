// Asks relays to follow this server: at the start, again with back-off until one has accepted, and once more whenever new events appear
// while nobody is listening. Never gives a relay up; never in the way of a write.

import type { Clock } from '../server/clock.ts'
import type { EventLog } from '../server/event-log.ts'
import type { Log } from '../server/log.ts'

const FIRST_RETRY_MS = 500
const LAST_RETRY_MS = 60_000
/** A relay that accepted is given so long to connect before it is asked again. */
const CONNECT_MS = 10_000

export type RequestCrawl = {
  readonly relayUrls: readonly string[]
  /** This server's address, of which relays want host and port. */
  readonly url: string
  readonly fetch: typeof fetch
  readonly events: EventLog
  /** How many listen to our stream now. */
  readonly subscribers: () => number
  readonly clock: Clock
  readonly log: Log
  readonly signal: AbortSignal
}

/** Runs until the signal aborts. */
export const requestCrawls = async (options: RequestCrawl): Promise<void> => {
  await Promise.all(options.relayUrls.map((relayUrl) => keepAsking(options, relayUrl)))
}

const keepAsking = async (options: RequestCrawl, relayUrl: string): Promise<void> => {
  const { clock, events, signal, subscribers } = options
  try {
    for (;;) {
      await askUntilAccepted(options, relayUrl)
      await clock.sleep(CONNECT_MS, signal)
      await eventsUnheard(events, subscribers, signal)
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

const askUntilAccepted = async (options: RequestCrawl, relayUrl: string): Promise<void> => {
  const { clock, log, signal } = options
  for (let retryMs = FIRST_RETRY_MS; ; retryMs = Math.min(retryMs * 2, LAST_RETRY_MS)) {
    const refusal = await ask(options, relayUrl)
    if (refusal === undefined) return log.info('crawl.accepted', { relay: relayUrl })
    log.warn('crawl.refused', { relay: relayUrl, reason: refusal, retryMs })
    await clock.sleep(retryMs, signal)
  }
}

/** undefined when the relay accepted, else why not. */
const ask = async ({ fetch, url, signal }: RequestCrawl, relayUrl: string): Promise<string | undefined> => {
  try {
    const response = await fetch(new URL('/xrpc/com.atproto.sync.requestCrawl', relayUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ hostname: new URL(url).host }),
      signal,
    })
    await response.body?.cancel()
    return response.ok ? undefined : `answered ${response.status}`
  } catch (error) {
    return error instanceof Error ? error.message : 'no answer'
  }
}

/** Resolves when there is an event that nobody hears; rejects when the signal aborts. */
const eventsUnheard = async (events: EventLog, subscribers: () => number, signal: AbortSignal): Promise<void> => {
  for await (const _page of events.follow(events.last(), signal)) if (subscribers() === 0) return
  signal.throwIfAborted()
}
