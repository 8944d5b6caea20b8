// Whether a process that stands by could begin if it had to now: its roster file lists who is in the books, and its relay is the one they follow and answers
// here. Looked at from the start on, and told before it is needed.

import { createSafeFetch } from '../../server/safe-fetch.ts'
import { StartError } from '../../server/start-error.ts'
import { OriginUnavailable, fetchOrigin } from '../follow/origin.ts'
import { changeRoster, readRosterFile } from '../follow/roster.ts'
import type { Books } from '../store/store.ts'
import { ORIGIN_MAX_BYTES, ORIGIN_PATIENCE_MS, SUCCESSION_LOOK_MS } from './limits.ts'
import type { Surroundings } from './surroundings.ts'

export type Succession = Disposable & {
  /** In a sentence why this process could not begin, as it was last looked at; null where it could, or does. */
  fault(): string | null
}

/** Resolves after the first look. `isHolding`: it does the work itself, and nothing is to be judged. */
export const keepJudging = async (around: Surroundings, isHolding: () => boolean): Promise<Succession> => {
  const { clock, log, metrics } = around
  const fit = metrics.gauge('stand_by_fit', '1 where this process could take over, or has')
  let fault: string | null = null
  const look = async (): Promise<void> => {
    const found = isHolding() ? null : await faultOf(around)
    if (found !== null && found !== fault) log.error('stand-by.unfit', { reason: found })
    if (found === null && fault !== null) log.info('stand-by.fit')
    fault = found
    fit.set(found === null ? 1 : 0)
  }
  let isLooking = false
  const lookOnce = async (): Promise<void> => {
    if (isLooking) return
    isLooking = true
    // A store that does not answer is told elsewhere (/ready), and says nothing about this.
    await look().catch((error: unknown) => log.warn('stand-by.not-judged', { error }))
    isLooking = false
  }
  await lookOnce()
  const timer = clock.every(SUCCESSION_LOOK_MS, () => void lookOnce())
  return { fault: () => (isHolding() ? null : fault), [Symbol.dispose]: () => timer[Symbol.dispose]() }
}

const faultOf = async ({ config, store: { books } }: Surroundings): Promise<string | null> => {
  const { roster, left, origin, cursor } = await (await books.folding()).state()
  try {
    const change = changeRoster({ roster, left }, await readRosterFile(config.rosterFile), cursor.read.leaf + 1)
    if (!change.ok) return change.sentence
    return origin === null ? null : await faultOfRelay(config, origin)
  } catch (error) {
    if (error instanceof StartError || error instanceof OriginUnavailable) return error.message
    throw error
  }
}

type Bound = NonNullable<Awaited<ReturnType<Books['state']>>['origin']>

const faultOfRelay = async ({ relayUrl, allowLoopback = false }: Surroundings['config'], bound: Bound): Promise<string | null> => {
  const get = createSafeFetch({ allowLoopback, maxBytes: ORIGIN_MAX_BYTES, timeoutMs: ORIGIN_PATIENCE_MS })
  const { origin } = await fetchOrigin(get, relayUrl, AbortSignal.timeout(2 * ORIGIN_PATIENCE_MS))
  const isSame = origin.name === bound.name && origin.key === bound.key && origin.base === bound.base
  return isSame ? null : `The relay at ${relayUrl} has the log ${origin.name}; these books follow ${bound.name}`
}
