// The settable clocks of a demo network: all servers step together, then go on with real time.

import type { NetworkUrls } from './specs.ts'
import { XrpcRefused } from '../xrpc-client.ts'

const tell = async (url: string, body: Readonly<Record<string, unknown>>): Promise<void> => {
  const response = await fetch(`${url}/_clock`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new XrpcRefused(response.status, 'ClockRefused', `${url} did not take its clock: ${await response.text()}`)
}

export type CivilTime = { readonly now: string; readonly running: boolean }

/** Where a server's civil time is. */
export const clockOf = async (url: string): Promise<CivilTime> => {
  const { now, running } = (await (await fetch(`${url}/_clock`)).json()) as Readonly<Record<string, unknown>>
  if (typeof now !== 'string') throw new XrpcRefused(502, 'ClockRefused', `${url} does not tell its clock`)
  return { now, running: running === true }
}

/** Lets one server's civil time go on with real time. */
export const runClock = (url: string): Promise<void> => tell(url, { run: true })

/** The followers first: none may receive what lies in its own future. */
const servers = (urls: NetworkUrls): readonly string[] => [urls.appview, urls.relay, urls.plc, ...urls.pds]

/** Moves every server's civil time forward to an instant; it stands still there. */
export const stepClocks = async (urls: NetworkUrls, now: string): Promise<void> => {
  for (const url of servers(urls)) await tell(url, { now })
}

/** Lets every server's civil time catch up with real time and go on. */
export const runClocks = async (urls: NetworkUrls): Promise<void> => {
  for (const url of servers(urls)) await runClock(url)
}
