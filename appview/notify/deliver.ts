// Delivers notices to the address their owner has named: in order, at least once, each message signed. What fails is tried again, ever later; a hook that
// fails too often, or whose address says it is gone, is stopped with a code that its owner sees. Nobody else waits for it, nor for an answer that is slow.

import { openBackOff } from '../../server/back-off.ts'
import type { BackOff } from '../../server/back-off.ts'
import type { Clock } from '../../server/clock.ts'
import type { Log } from '../../server/log.ts'
import { UnsafeFetch } from '../../server/safe-fetch.ts'
import type { Hook, HookWork } from '../store/hooks.ts'
import type { Notice, NoticeWork } from '../store/notices.ts'
import { SIGNATURE, signed } from './hook-key.ts'
import type { HookKeys } from './hook-key.ts'
import type { HookRefusal } from './hook-refusals.ts'
import {
  HOOKS_EVERY_MS,
  HOOKS_LOOKED_AT,
  HOOK_ATTEMPTS,
  HOOK_BATCH,
  HOOK_PAGES,
  HOOK_RETRY_FIRST_MS,
  HOOK_RETRY_MAX_MS,
  HOOK_TURN_MS,
} from './limits.ts'
import { retrying } from './retrying.ts'
import { told } from './told.ts'

export type DeliverDeps = {
  readonly work: HookWork & Pick<NoticeWork, 'noticesAfter'>
  readonly keys: HookKeys
  readonly fetch: typeof fetch
  readonly clock: Clock
  readonly log: Log
}

export type Deliverer = {
  /** Delivers what waits; resolves when a turn is over. */
  look(): Promise<void>
  close(): Promise<void>
}

const GONE = 410

export const openDeliverer = (deps: DeliverDeps): Deliverer => {
  // Each has its turn, however many have nothing to deliver.
  let after = ''
  const waits = openBackOff(deps.clock, { firstMs: HOOK_RETRY_FIRST_MS, maxMs: HOOK_RETRY_MAX_MS })
  /** Where an answer is awaited. */
  const under = new Map<string, Promise<void>>()
  const begin = (hook: Hook): Promise<void> => {
    const going = deliver(deps, waits, hook).finally(() => under.delete(hook.owner))
    under.set(hook.owner, going)
    return going
  }
  const round = retrying(deps, 'hooks.failed', async () => {
    for (let page = 0; page < HOOK_PAGES; page++) {
      const active = await deps.work.activeHooks(after, HOOKS_LOOKED_AT)
      after = active.length < HOOKS_LOOKED_AT ? '' : (active.at(-1)?.owner ?? '')
      // One that was set anew has not failed.
      const due = active.filter(({ owner, attempts }) => !under.has(owner) && (attempts === 0 || !waits.isWaiting(owner)))
      await forATurn(deps.clock, Promise.all(due.map(begin)))
      if (after === '') return
    }
  })
  const timer = deps.clock.every(HOOKS_EVERY_MS, () => void round.turn())
  return {
    look: () => round.turn(),
    close: async () => {
      timer[Symbol.dispose]()
      await round.close()
      await Promise.allSettled(under.values())
    },
  }
}

/** What takes longer goes on beside the next turns. */
const forATurn = async (clock: Clock, work: Promise<unknown>): Promise<void> => {
  const over = new AbortController()
  try {
    await Promise.race([work, clock.sleep(HOOK_TURN_MS, over.signal)])
  } finally {
    over.abort()
  }
}

const deliver = async (deps: DeliverDeps, waits: BackOff, hook: Hook): Promise<void> => {
  const notices = await deps.work.noticesAfter(hook.owner, hook.delivered, HOOK_BATCH)
  const last = notices.at(-1)
  if (last === undefined) return
  const code = await post(deps, hook, notices)
  const version = hook.version + 1
  if (code === null) waits.done(hook.owner)
  else waits.failed(hook.owner, hook.attempts)
  // Whoever has set another one meanwhile is not overwritten.
  if (code === null) await deps.work.putHook({ ...hook, version, delivered: last.place, attempts: 0, code: null })
  else await deps.work.putHook({ ...failed(deps, hook, code), version })
}

const failed = ({ log }: DeliverDeps, hook: Hook, code: HookRefusal): Hook => {
  const attempts = hook.attempts + 1
  const isOver = code === 'hook.gone' || code === 'hook.address-unsafe' || attempts >= HOOK_ATTEMPTS
  log.warn('hook.failed', { attempts, code, isOver })
  return { ...hook, attempts, code, state: isOver ? 'stopped' : 'active' }
}

/** Null: taken. */
const post = async ({ fetch, keys, clock }: DeliverDeps, hook: Hook, notices: readonly Notice[]): Promise<HookRefusal | null> => {
  const body = JSON.stringify({ for: hook.owner, notifications: notices.map(told) })
  const headers = { 'content-type': 'application/json', [SIGNATURE]: signed(keys.keyOf(hook), body, clock.realMs()) }
  try {
    const response = await fetch(hook.url, { method: 'POST', headers, body, redirect: 'error' })
    await response.arrayBuffer()
    if (response.ok) return null
    return response.status === GONE ? 'hook.gone' : 'hook.not-taken'
  } catch (error) {
    return error instanceof UnsafeFetch && error.code !== 'size' && error.code !== 'redirects' ? 'hook.address-unsafe' : 'hook.unreachable'
  }
}
