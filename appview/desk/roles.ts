// Roles: who works at the desk. Somebody removed is refused at the next request; what they did keeps their DID.

import { isWellFormedDid } from '../../atproto/did.ts'
import { DESK_ROLES, type DeskRole, type RoleGrant } from '../store/desk.ts'
import type { Desks, Office, Plan } from './office.ts'
import { done, refused } from './outcome.ts'
import type { DeskOperations } from './operations.ts'

export const roleDeeds = (desks: Desks): Pick<DeskOperations, 'roles' | 'addRole' | 'removeRole'> => ({
  roles: (actor) => desks.look(actor, 'role.read', async ({ desk, town }) => done(await desk.roles(town.code))),
  addRole: (actor, { did, role }) =>
    desks.perform(actor, { deed: 'role.add', on: did }, async (office) => {
      const named = await namedRole(office, did, role)
      if (!named.ok) return named
      if (named.standing.length > 0) return refused('role.already-held', role)
      const grant: RoleGrant = { did, role: named.role, from: office.now, until: null, grantedBy: actor.did, endedBy: null }
      return keep(grant, [grant])
    }),
  removeRole: (actor, { did, role }) =>
    desks.perform(actor, { deed: 'role.remove', on: did }, async (office) => {
      const named = await namedRole(office, did, role)
      if (!named.ok) return named
      const ended = named.standing.map((grant): RoleGrant => ({ ...grant, until: office.now, endedBy: actor.did }))
      return ended[0] === undefined ? refused('role.not-held', role) : keep(ended[0], ended)
    }),
})

const keep = (value: RoleGrant, roles: readonly RoleGrant[]): Plan<RoleGrant> => ({
  ok: true,
  value,
  changes: { roles },
  detail: { role: value.role },
})

const namedRole = async (office: Office, did: string, name: string) => {
  const role: DeskRole | undefined = DESK_ROLES.find((one) => one === name)
  if (role === undefined) return refused('role.unknown', name)
  if (!isWellFormedDid(did)) return refused('role.did-invalid', did)
  const grants = await office.desk.rolesOf(office.town.code, did)
  // Also one that another process, by a clock a little ahead, has begun a moment from now.
  const standing = grants.filter((grant) => grant.role === role && (grant.until === null || office.now < grant.until))
  return { ok: true as const, role, standing }
}
