// Setting, trying again and removing a hook, by its owner: a person for their own notices, a desk's administrator for those of the desk (desk/permissions.ts).

import { randomUUID } from 'node:crypto'
import type { Clock } from '../../server/clock.ts'
import type { Desks } from '../desk/office.ts'
import { done, refused } from '../desk/outcome.ts'
import type { Actor, Outcome } from '../desk/outcome.ts'
import type { Hook, HookWork } from '../store/hooks.ts'
import type { NoticeWork } from '../store/notices.ts'
import type { HookKeys } from './hook-key.ts'
import type { HookRefusal } from './hook-refusals.ts'
import { HOOK_URL_MAX } from './limits.ts'
import { authorOfDesk } from './words-of-desk.ts'

export type HookView = Pick<Hook, 'url' | 'state' | 'attempts' | 'code' | 'setAt'> & { readonly key: string }
export type HookOutcome = { readonly ok: true } | { readonly ok: false; readonly code: HookRefusal }

export type Hooks = {
  of(owner: string): Promise<HookView | null>
  /** From here on what is told is delivered, too; an empty address ends it. The same address again begins anew where it was stopped. */
  set(owner: string, url: string): Promise<HookOutcome>
}

/** A desk's own, for its administrators; setting it is a line in the trail. */
export type DeskHooks = {
  ofDesk(actor: Actor): Promise<Outcome<HookView | null>>
  setForDesk(actor: Actor, url: string): Promise<Outcome<{ readonly url: string }>>
}

export const createDeskHooks = (hooks: Hooks, desks: Desks): DeskHooks => ({
  ofDesk: (actor) => desks.look(actor, 'hook.set', async ({ town }) => done(await hooks.of(authorOfDesk(town.code)))),
  setForDesk: (actor, url) =>
    desks.perform(actor, { deed: 'hook.set' }, async ({ town }) => {
      const outcome = await hooks.set(authorOfDesk(town.code), url)
      return outcome.ok ? { ok: true, value: { url }, detail: { isSet: url.trim() !== '' } } : refused(outcome.code)
    }),
})

export type HooksDeps = {
  readonly work: HookWork & Pick<NoticeWork, 'notices'>
  readonly keys: HookKeys
  readonly clock: Clock
  /** In a local network http will do. */
  readonly allowLoopback: boolean
}

export const createHooks = ({ work, keys, clock, allowLoopback }: HooksDeps): Hooks => ({
  of: async (owner) => {
    const hook = await work.hook(owner)
    if (hook === null) return null
    const { url, state, attempts, code, setAt } = hook
    return { url, state, attempts, code, setAt, key: keys.keyOf(hook) }
  },
  set: async (owner, text) => {
    const url = text.trim()
    if (url === '') return work.dropHook(owner).then(() => ({ ok: true }))
    if (!isAddress(url, allowLoopback)) return { ok: false, code: 'hook.url-invalid' }
    const before = await work.hook(owner)
    const fresh = {
      owner,
      url,
      state: 'active',
      attempts: 0,
      code: null,
      setAt: new Date(clock.civilMs()).toISOString(),
    } as const
    const [newest] = await work.notices(owner, { limit: 1 })
    const kept = await work.putHook(
      before?.url === url
        ? { ...before, ...fresh, version: before.version + 1 }
        : { ...fresh, id: randomUUID(), delivered: newest?.place ?? 0, version: (before?.version ?? 0) + 1 },
    )
    return kept ? { ok: true } : { ok: false, code: 'hook.changed' }
  },
})

const isAddress = (text: string, allowLoopback: boolean): boolean => {
  const url = text.length <= HOOK_URL_MAX ? URL.parse(text) : null
  return (
    url !== null && (url.protocol === 'https:' || (allowLoopback && url.protocol === 'http:')) && url.username === '' && url.password === ''
  )
}
