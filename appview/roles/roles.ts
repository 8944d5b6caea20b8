// What one process of an appview can do. Without a setting it does all of it; given some, others run beside it from the same code over the same store.

/** ingest: follows the relay and writes the books. pages: pages and forms. xrpc: methods. static: the style sheet and the icon. jobs: what is sent and done later. */
export const ROLES = ['ingest', 'pages', 'xrpc', 'static', 'jobs'] as const
export type Role = (typeof ROLES)[number]

const WEB = 'web'

/** Roles by their names, `web` standing for pages, xrpc and static. None named: all of them. Throws an Error that completes "ROLES …". */
export const parseRoles = (names: readonly string[]): readonly Role[] => {
  if (names.length === 0) return ROLES
  const wanted = new Set<string>(names.flatMap((name) => (name === WEB ? ['pages', 'xrpc', 'static'] : [name])))
  const unknown = [...wanted].filter((name) => !ROLES.some((role) => role === name))
  if (unknown.length > 0)
    throw new Error(`names ${unknown.join(', ')}, and there are only ${ROLES.join(', ')}, and web for pages, xrpc and static`)
  return ROLES.filter((role) => wanted.has(role))
}

/** The one process of an appview that is not divided. */
export const isWhole = (roles: readonly Role[]): boolean => roles.length === ROLES.length

/** Static files are all that needs neither store nor relay. */
export const needsStore = (roles: readonly Role[]): boolean => roles.some((role) => role !== 'static')

/** Of each role of a process; a stand-by waits for another process to end, and one that is unfit waits in vain: it could not take over; with no room on the store's disk nothing is read in. */
export type Readiness = Readonly<Partial<Record<Role, 'ready' | 'stand-by' | 'unfit' | 'no-room' | 'folding' | 'other-rules' | 'no-store'>>>
