// requestCrawl, listHosts, getHostStatus: the doors for those who run a host.

import { XrpcError } from '../../server/xrpc-error.ts'
import { method } from '../../server/xrpc.ts'
import type { Methods } from '../../server/xrpc.ts'
import type { Crawler } from '../hosts/crawler.ts'
import { parseHostAddress } from '../hosts/host-address.ts'
import type { Host, HostTable } from '../hosts/host-table.ts'

export type HostMethodsParts = {
  readonly hosts: HostTable
  readonly crawler: Crawler
  readonly admit: (hostname: string) => Promise<void>
  readonly allowLoopback: boolean
  readonly allowanceOf: (host: Host) => { readonly maxAccounts: number; readonly maxEventsPerSecond: number }
}

/** Beside what the lexicon asks for, a host's operator sees the limits and the counts: nothing is dropped without a trace. */
export const hostMethods = ({ hosts, crawler, admit, allowLoopback, allowanceOf }: HostMethodsParts): Methods => {
  const viewOf = (host: Host) => {
    const { cursor, accounts } = hosts.figures(host.id)
    return { hostname: host.hostname, seq: cursor, accountCount: accounts, status: crawler.status(host) }
  }
  return {
    'com.atproto.sync.requestCrawl': method({
      handle: async ({ input }: { input: { hostname: string } }) => {
        await admit(input.hostname)
      },
    }),
    'com.atproto.sync.listHosts': method({
      handle: ({ params }: { params: { limit: number; cursor?: string } }) => {
        const page = hosts.page(positionOf(params.cursor), params.limit)
        const last = page.length === params.limit ? page.at(-1) : undefined
        return { json: { hosts: page.map(viewOf), ...(last === undefined ? {} : { cursor: String(last.id) }) } }
      },
    }),
    'com.atproto.sync.getHostStatus': method({
      handle: ({ params }: { params: { hostname: string } }) => {
        const address = parseHostAddress(params.hostname, allowLoopback)
        const host = address === undefined ? undefined : hosts.byHostname(address.hostname)
        if (host === undefined) throw new XrpcError(400, 'HostNotFound', 'This relay does not follow that host')
        return { json: { ...viewOf(host), limits: allowanceOf(host), counts: hosts.figures(host.id).counts } }
      },
    }),
  }
}

/** A cursor of ours is a number; a spoiled one is said to be so, lest its client go round for ever. */
export const positionOf = (cursor: string | undefined): number => {
  if (cursor === undefined) return 0
  if (!/^\d{1,15}$/.test(cursor)) throw new XrpcError(400, 'InvalidRequest', 'cursor is not one that this list gave')
  return Number(cursor)
}
