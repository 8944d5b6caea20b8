// A post that one process at a time fills: it holds the post's lease, beats, and does its duty; the others stand by. Who has lost the lease, or finds that
// the store takes nothing from it any more, puts its duty down, says so, and stands by again.

import type { Gauge } from 'prom-client'
import { FENCED_PAUSE_TIMES, LEASE_BEATS_PER_TTL, POST_RETRY_TIMES } from './limits.ts'
import { awaitLease, takeIfFree } from './await-lease.ts'
import type { LeaseDeps } from './await-lease.ts'

export type Duty = {
  /** Told with each beat. */
  told(): string
  /** Resolves when the store takes nothing more from here: another writes. */
  readonly fenced: Promise<void>
  close(): Promise<void>
}

export type Post<D extends Duty> = {
  /** While this process does it. */
  duty(): D | null
  /** Ends the duty and gives the lease back: whoever stands by has it at once. */
  close(): Promise<void>
}

export type PostDeps<D extends Duty> = LeaseDeps & {
  readonly name: string
  readonly held: Gauge
  readonly begin: () => Promise<D>
}

type Term<D> = { readonly duty: D; readonly beating: Beating }
type Beating = Disposable & { readonly lost: Promise<void>; beat(): Promise<boolean> }

/** Begins at once where nobody else does it, and throws then what beginning throws; stands by otherwise. */
export const openPost = async <D extends Duty>(deps: PostDeps<D>): Promise<Post<D>> => {
  const { name, held, clock, log } = deps
  const stop = new AbortController()
  const stopped = new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve()))
  let [duty, isHeard]: [D | null, boolean] = [null, true]
  const show = (): void => held.set({ lease: name }, duty !== null && isHeard ? 1 : 0)
  const enter = (next: D | null): void => {
    duty = next
    show()
  }
  const heard = (found: boolean): void => {
    isHeard = found
    show()
  }
  const serve = async (term: Term<D>): Promise<void> => {
    enter(term.duty)
    await Promise.race([stopped, term.beating.lost, whenPassedBy(deps, term, stop.signal)])
    enter(null)
    await endTerm(deps, term)
  }
  const standBy = async (): Promise<void> => {
    log.info('lease.waiting', { lease: name })
    await awaitLease(deps, name, stop.signal)
    try {
      await serve(await beginTerm(deps, heard))
    } catch (error) {
      log.error('post.failed', { post: name, error })
      await clock.sleep(POST_RETRY_TIMES * deps.ttlMs, stop.signal)
    }
  }
  enter(null)
  const first = (await takeIfFree(deps, name)) ? await beginTerm(deps, heard) : null
  const running = (async () => {
    if (first !== null) await serve(first)
    while (!stop.signal.aborted) await standBy()
  })().catch((error: unknown) => {
    if (!stop.signal.aborted) throw error
  })
  return {
    duty: () => duty,
    close: async () => {
      stop.abort()
      await running
    },
  }
}

type Heard = (isHeard: boolean) => void

const beginTerm = async <D extends Duty>(deps: PostDeps<D>, heard: Heard): Promise<Term<D>> => {
  let duty: D | null = null
  const beating = startBeating(deps, () => duty?.told() ?? '', heard)
  try {
    duty = await deps.begin()
  } catch (error) {
    beating[Symbol.dispose]()
    await release(deps)
    throw error
  }
  await beating.beat()
  deps.log.info('lease.held', { lease: deps.name, holder: deps.seat.holder })
  return { duty, beating }
}

const endTerm = async <D extends Duty>(deps: PostDeps<D>, { duty, beating }: Term<D>): Promise<void> => {
  await duty.close()
  await beating.beat()
  beating[Symbol.dispose]()
  await release(deps)
}

/** Failing to give it back costs those who wait their patience, nothing else. */
const release = async <D extends Duty>({ leases, name, seat, log }: PostDeps<D>): Promise<void> =>
  leases.release(name, seat.holder).catch((error: unknown) => log.warn('lease.not-released', { lease: name, error }))

/** `heard`: whether the store has answered a beat within the lease's time; the figure of who holds it says no more than that. */
const startBeating = <D extends Duty>(
  { leases, name, seat, clock, log, ttlMs }: PostDeps<D>,
  told: () => string,
  heard: Heard,
): Beating => {
  const lost = Promise.withResolvers<void>()
  let isBeating = false
  let isLost = false
  let heardMs = clock.monotonicMs()
  const beat = async (): Promise<boolean> => {
    if (isBeating || isLost) return !isLost
    isBeating = true
    try {
      isLost = !(await leases.renew(name, seat.holder, told()))
      heardMs = clock.monotonicMs()
      heard(true)
      if (isLost) {
        log.error('lease.lost', { lease: name, holder: seat.holder })
        lost.resolve()
      }
    } catch (error) {
      // The store does not answer: what this process still does is the store's to refuse.
      log.warn('lease.late', { lease: name, error })
    } finally {
      isBeating = false
    }
    return !isLost
  }
  const timer = clock.every(ttlMs / LEASE_BEATS_PER_TTL, () => {
    if (clock.monotonicMs() - heardMs > ttlMs) heard(false)
    void beat()
  })
  return { lost: lost.promise, beat, [Symbol.dispose]: () => timer[Symbol.dispose]() }
}

/**
 * Refused by the store although the lease is still its own: an operator's tool has taken the books, or one that had stalled and not seen yet that it lost
 * the lease. The tool is left its time; then it begins anew.
 */
const whenPassedBy = async <D extends Duty>(
  { name, clock, log, ttlMs }: PostDeps<D>,
  { duty, beating }: Term<D>,
  stop: AbortSignal,
): Promise<void> => {
  await duty.fenced
  if (!(await beating.beat())) return
  log.error('post.fenced', { post: name, againInMs: FENCED_PAUSE_TIMES * ttlMs })
  await Promise.race([beating.lost, clock.sleep(FENCED_PAUSE_TIMES * ttlMs, stop).catch(() => {})])
}
