// The state of the network as its page shows it.

import type { NetworkStatus } from '../../queries/network.ts'
import type { PagesDeps } from './deps.ts'
import type { NetworkView } from './network.ts'

const MOST_TOWNS = 100

export const gatherNetwork = async (deps: PagesDeps): Promise<NetworkView> => {
  const status = await deps.queries.networkStatus()
  const { municipalities } = await deps.queries.municipalities({ limit: MOST_TOWNS })
  const { relay, books } = status
  return {
    now: status.now,
    origin: relay.origin,
    leaves: relay.leaves,
    behind: books.behind,
    recordedAt: books.leaf === 0 ? null : books.recordedAt,
    relayReached: relay.reached,
    away: books.state === 'away' ? (books.asOf ?? status.now) : null,
    hosts: status.hosts.map(({ hostname, status: state, accounts, seq }) => ({ name: hostname, status: state, accounts, seq })),
    books: municipalities.map(({ code, names }) => ({
      code,
      names: { ja: names.ja, en: names.en ?? names.ja },
      leaf: books.leaf,
      behind: books.behind,
    })),
    refusals: refusedOf(status),
  }
}

/** Counts of leaves that were not taken as they came; those that were are `leaf.…` and no news. */
const refusedOf = ({ counts }: NetworkStatus): NetworkView['refusals'] =>
  Object.entries(counts)
    .filter(([code]) => !code.startsWith('leaf.') || code === 'leaf.missed')
    .map(([code, count]) => ({ code, count }))
    .toSorted((a, b) => b.count - a.count)
