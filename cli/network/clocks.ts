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

const servers = (urls: NetworkUrls): readonly string[] => [urls.plc, ...urls.pds, urls.relay, urls.appview]

/** Moves every server's civil time forward to an instant; it stands still there. */
export const stepClocks = async (urls: NetworkUrls, now: string): Promise<void> => {
  // The followers last, so that none receives what lies in its own future.
  for (const url of servers(urls)) await tell(url, { now })
}

/** Lets every server's civil time catch up with real time and go on. */
export const runClocks = async (urls: NetworkUrls): Promise<void> => {
  for (const url of servers(urls)) await tell(url, { run: true })
}
