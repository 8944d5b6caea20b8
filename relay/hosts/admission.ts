// Who may be crawled on request. Checks, in order: a name that may be crawled · not ourselves · not banned · not too many new hosts today · it answers
// describeServer like a PDS · it is no relay (a relay that followed relays would go round in circles). Does not check whose accounts it has.

import type { Clock } from '../../server/clock.ts'
import type { Log } from '../../server/log.ts'
import { XrpcError, invalidRequest } from '../../server/xrpc-error.ts'
import { ADMISSIONS_AT_ONCE, NEW_HOSTS_PER_DAY } from '../limits.ts'
import type { Crawler } from './crawler.ts'
import { originOf, parseHostAddress } from './host-address.ts'
import type { HostAddress } from './host-address.ts'
import type { HostTable } from './host-table.ts'

const DAY_MS = 24 * 60 * 60_000

export type AdmissionParts = {
  readonly hosts: HostTable
  readonly crawler: Crawler
  readonly fetch: typeof fetch
  readonly ownUrl: string
  readonly allowLoopback: boolean
  readonly clock: Clock
  readonly log: Log
}

/** Takes what requestCrawl was given. Throws XrpcError. In a local network every host is trusted. */
export const createAdmission = (parts: AdmissionParts): ((hostname: string) => Promise<void>) => {
  const { hosts, crawler, allowLoopback, clock, log } = parts
  let underWay = 0

  const refuseUnlessWanted = (address: HostAddress | undefined): HostAddress => {
    if (address === undefined) throw invalidRequest('hostname names no server that can be crawled')
    if (address.url === originOf(parts.ownUrl)) throw invalidRequest('A relay does not crawl itself')
    const known = hosts.byHostname(address.hostname)
    if (known?.isBanned) throw new XrpcError(400, 'HostBanned', `${address.hostname} is banned here`)
    if (known === undefined && !allowLoopback && hosts.addedSince(clock.realMs() - DAY_MS) >= NEW_HOSTS_PER_DAY)
      throw new XrpcError(429, 'RateLimitExceeded', 'Enough new hosts for today', { 'retry-after': '3600' })
    if (underWay >= ADMISSIONS_AT_ONCE) throw new XrpcError(429, 'RateLimitExceeded', 'Too many requests at once', { 'retry-after': '5' })
    return address
  }

  return async (hostname) => {
    const address = refuseUnlessWanted(parseHostAddress(hostname, allowLoopback))
    underWay += 1
    try {
      await describeServer(parts.fetch, address)
    } finally {
      underWay -= 1
    }
    const isNew = hosts.byHostname(address.hostname) === undefined
    const host = hosts.add(address, allowLoopback, clock.realMs())
    if (isNew) log.info('host.admitted', { host: host.hostname })
    crawler.crawl(host)
  }
}

const describeServer = async (get: typeof fetch, { hostname, url }: HostAddress): Promise<void> => {
  let response: Response
  let body: unknown
  try {
    response = await get(`${url}/xrpc/com.atproto.server.describeServer`, { headers: { accept: 'application/json' }, redirect: 'error' })
    body = await response.json()
  } catch {
    throw new XrpcError(400, 'HostNotFound', `${hostname} does not answer com.atproto.server.describeServer`)
  }
  if (/relay/i.test(response.headers.get('server') ?? '')) throw invalidRequest(`${hostname} is a relay`)
  const isServer = response.ok && typeof body === 'object' && body !== null && 'did' in body && typeof body.did === 'string'
  if (!isServer) throw new XrpcError(400, 'HostNotFound', `${hostname} is no personal data server`)
}
