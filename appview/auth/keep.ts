// What sign-in keeps, as values: JSON sealed under its place, names and owners hashed under a key that only this server has.

import { createHmac } from 'node:crypto'
import type { Clock } from '../../server/clock.ts'
import type { Sealer } from '../../server/seal.ts'
import type { KeptKind, SignInWork } from '../store/kept.ts'
import { RENEW_BATCH } from './limits.ts'

export type Keep = {
  put(kind: KeptKind, name: string, value: unknown, what: { readonly owner: string; readonly lifeMs: number }): Promise<void>
  /** Undefined when there is nothing, its time is over, or it does not open. */
  get(kind: KeptKind, name: string): Promise<unknown>
  /** Gives it once. */
  take(kind: KeptKind, name: string): Promise<unknown>
  drop(kind: KeptKind, name: string): Promise<void>
  dropOwned(kind: KeptKind, owner: string): Promise<void>
  /** Ends what stands for an account: its sessions, what its server granted, its codes. */
  dropAccount(did: string): Promise<void>
  countOwned(kind: KeptKind, owner: string): Promise<number>
  dropExpired(): Promise<void>
}

export type KeepDeps = { readonly work: SignInWork; readonly sealer: Sealer; readonly nameKey: Uint8Array; readonly clock: Clock }

const ACCOUNT_KINDS: readonly KeptKind[] = ['session', 'grant', 'code']

export const createKeep = ({ work, sealer, nameKey, clock }: KeepDeps): Keep => {
  const hashed = (kind: KeptKind, name: string): string => createHmac('sha256', nameKey).update(`${kind} ${name}`).digest('base64url')
  const opened = (kind: KeptKind, name: string, kept: { readonly sealed: Uint8Array } | null): unknown => {
    const plain = kept === null ? null : unsealed(() => sealer.open(labelOf(kind, name), kept.sealed))
    return plain === null ? undefined : JSON.parse(Buffer.from(plain).toString())
  }
  return {
    put: async (kind, name, value, { owner, lifeMs }) => {
      const stored = hashed(kind, name)
      const sealed = sealer.seal(labelOf(kind, stored), Buffer.from(JSON.stringify(value)))
      await work.keep({ kind, name: stored, owner: hashed(kind, owner), sealed, expiresMs: clock.realMs() + lifeMs })
    },
    get: async (kind, name) => {
      const stored = hashed(kind, name)
      return opened(kind, stored, await work.kept(kind, stored, clock.realMs()))
    },
    take: async (kind, name) => {
      const stored = hashed(kind, name)
      return opened(kind, stored, await work.take(kind, stored, clock.realMs()))
    },
    drop: async (kind, name) => work.drop(kind, hashed(kind, name)),
    dropOwned: async (kind, owner) => void (await work.dropOwned(kind, hashed(kind, owner))),
    dropAccount: async (did) => {
      for (const kind of ACCOUNT_KINDS) await work.dropOwned(kind, hashed(kind, did))
    },
    countOwned: async (kind, owner) => work.countOwned(kind, hashed(kind, owner), clock.realMs()),
    dropExpired: async () => void (await work.dropExpired(clock.realMs())),
  }
}

/** Null for what was altered, or sealed under a secret that is gone: it counts as not there, and whoever it was signs in again. */
const unsealed = <T>(open: () => T): T | null => {
  try {
    return open()
  } catch {
    return null
  }
}

export const labelOf = (kind: KeptKind, name: string): string => `${kind} ${name}`

/** Seals under the newest secret what an older one sealed; gives how many. Call before anything else uses the store. */
export const renewKept = async (work: SignInWork, sealer: Sealer): Promise<number> => {
  let renewed = 0
  let after = { kind: '', name: '' }
  for (;;) {
    const page = await work.keptAfter(after, RENEW_BATCH)
    for (const kept of page) {
      const sealed = unsealed(() => sealer.renew(labelOf(kept.kind, kept.name), kept.sealed))
      if (sealed === null) continue
      await work.keep({ ...kept, sealed })
      renewed++
    }
    const last = page.at(-1)
    if (last === undefined) return renewed
    after = last
  }
}
