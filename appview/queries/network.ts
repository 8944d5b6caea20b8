// How the network stands as seen from here: how far the books have read, how far the relay is, which hosts it follows.

import type { QueryDeps } from './deps.ts'

export type HostState = 'active' | 'idle' | 'offline' | 'throttled' | 'banned'
export type HostView = { readonly hostname: string; readonly status: HostState; readonly accounts: number; readonly seq: number | null }

export type NetworkStatus = {
  readonly now: string
  readonly relay: { readonly url: string; readonly reached: boolean; readonly origin: string; readonly leaves: number }
  readonly books: {
    readonly leaf: number
    readonly behind: number
    readonly recordedAt: string
    readonly state: string
    readonly reason: string | null
    /** When following was so, in real time; null where it is so now. */
    readonly asOf: string | null
  }
  readonly hosts: readonly HostView[]
  /** Leaves that were not taken as they came, by reason. */
  readonly counts: Readonly<Record<string, number>>
}

const ASK_TIMEOUT_MS = 2_000
const FRESH_MS = 2_000
const MAX_HOSTS = 500

type RelayAnswer = { readonly leaves: number | null; readonly hosts: readonly HostView[]; readonly reached: boolean }

/** A function that asks the relay at most every two seconds. Never throws: a relay that is away is said to be. */
export const createNetworkStatus = (deps: QueryDeps): (() => Promise<NetworkStatus>) => {
  let asked: { readonly atMs: number; readonly answer: Promise<RelayAnswer> } | null = null
  return async () => {
    const nowMs = deps.clock.monotonicMs()
    if (asked === null || nowMs - asked.atMs > FRESH_MS) asked = { atMs: nowMs, answer: askRelay(deps) }
    const { leaves, hosts, reached } = await asked.answer
    const { cursor, origin } = await deps.books.state()
    const follow = await deps.follow()
    const all = Math.max(leaves ?? 0, follow.relayLeaves ?? 0, cursor.read.leaf)
    return {
      now: new Date(deps.clock.civilMs()).toISOString(),
      relay: { url: deps.relayUrl, reached, origin: origin?.name ?? '', leaves: all },
      books: {
        leaf: cursor.read.leaf,
        behind: all - cursor.read.leaf,
        recordedAt: cursor.read.instant,
        state: follow.state,
        reason: follow.reason,
        asOf: follow.asOf ?? null,
      },
      hosts,
      counts: follow.counts,
    }
  }
}

const askRelay = async (deps: QueryDeps): Promise<RelayAnswer> => {
  const [origin, hosts] = await Promise.all([ask(deps, '/log/origin'), ask(deps, `/xrpc/com.atproto.sync.listHosts?limit=${MAX_HOSTS}`)])
  const leaves = origin?.['leaves']
  const list = hosts?.['hosts']
  return {
    reached: origin !== null,
    leaves: typeof leaves === 'number' ? leaves : null,
    hosts: Array.isArray(list) ? list.flatMap(hostOf) : [],
  }
}

type Fields = Readonly<Record<string, unknown>>

const ask = async ({ fetch: get, relayUrl }: QueryDeps, path: string): Promise<Fields | null> => {
  try {
    const response = await get(new URL(path, relayUrl), { signal: AbortSignal.timeout(ASK_TIMEOUT_MS) })
    return response.ok ? fieldsOf(await response.json()) : null
  } catch {
    return null
  }
}

const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {})

const STATES: readonly HostState[] = ['active', 'idle', 'offline', 'throttled', 'banned']

const hostOf = (value: unknown): HostView[] => {
  const { hostname, status, accountCount, seq } = fieldsOf(value)
  if (typeof hostname !== 'string') return []
  return [
    {
      hostname,
      status: STATES.find((one) => one === status) ?? 'idle',
      accounts: typeof accountCount === 'number' ? accountCount : 0,
      seq: typeof seq === 'number' ? seq : null,
    },
  ]
}
