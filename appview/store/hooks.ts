// The contract of hooks, a part of the store's work part: an address to which somebody's notices are delivered, too. Durable once a promise resolves.
// A hook changes by versions. The key under which it signs is derived, never stored.

export type Hook = {
  /** A DID, or `desk:<code>`: whose notices are delivered. */
  readonly owner: string
  /** Another address is another hook, with another key. */
  readonly id: string
  readonly url: string
  /** 'stopped': given up; `code` says why. */
  readonly state: 'active' | 'stopped'
  readonly version: number
  /** Notices up to this place are delivered, or older than the hook. */
  readonly delivered: number
  /** Failures in a row. */
  readonly attempts: number
  readonly code: string | null
  readonly setAt: string
}

export type HookWork = {
  hook(owner: string): Promise<Hook | null>
  /** Replaces the hook of its owner; false, and nothing is kept, unless the stored one has the version before (none for version 1). */
  putHook(hook: Hook): Promise<boolean>
  dropHook(owner: string): Promise<void>
  /** All there are, stopped ones too, by their owners behind this one. */
  hooks(after: string, limit: number): Promise<readonly Hook[]>
  /** Active ones, by their owners in a fixed order, behind this one ('' from the first on). */
  activeHooks(after: string, limit: number): Promise<readonly Hook[]>
}
