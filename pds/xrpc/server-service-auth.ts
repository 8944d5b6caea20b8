// com.atproto.server.getServiceAuth: a short token by which the caller's account is known to another service, signed with the account's own key.
// Checks, in order: audience, method, what the caller's scopes allow, expiry.

import { isDid } from '../../atproto/did.ts'
import type { Keypair } from '../../atproto/keys.ts'
import { createServiceJwt } from '../../atproto/service-auth.ts'
import type { Clock } from '../../server/clock.ts'
import { method, type Call, type Methods } from '../../server/xrpc.ts'
import { invalidRequest, XrpcError } from '../../server/xrpc-error.ts'
import type { Auth, Caller } from '../auth/caller.ts'
import { askedByHandler } from '../auth/permissions.ts'
import { invalidToken } from '../auth/tokens.ts'

const DEFAULT_SECONDS = 60
/** A token for any method is dangerous in wrong hands: a minute at most. */
const METHODLESS_MAX_SECONDS = 60
const MAX_SECONDS = 60 * 60

const CREATE_ACCOUNT = 'com.atproto.server.createAccount'

/** Methods that change the account itself: no service may ask for them in the person's name. */
export const PROTECTED_METHODS: ReadonlySet<string> = new Set([
  'com.atproto.admin.sendEmail',
  'com.atproto.identity.requestPlcOperationSignature',
  'com.atproto.identity.signPlcOperation',
  'com.atproto.identity.submitPlcOperation',
  'com.atproto.identity.updateHandle',
  'com.atproto.repo.importRepo',
  'com.atproto.server.activateAccount',
  'com.atproto.server.confirmEmail',
  'com.atproto.server.createAppPassword',
  'com.atproto.server.deactivateAccount',
  'com.atproto.server.getAccountInviteCodes',
  'com.atproto.server.getSession',
  'com.atproto.server.listAppPasswords',
  'com.atproto.server.requestAccountDelete',
  'com.atproto.server.requestEmailConfirmation',
  'com.atproto.server.requestEmailUpdate',
  'com.atproto.server.revokeAppPassword',
  'com.atproto.server.updateEmail',
])

type Ask = { aud: string; exp?: number; lxm?: string }

export const serviceAuthMethods = ({ auth, clock, keyOf }: { auth: Auth; clock: Clock; keyOf: (did: string) => Keypair }): Methods => ({
  'com.atproto.server.getServiceAuth': method({
    auth: (req) => auth.owner(req, askedByHandler),
    handle({ auth: caller, params: { aud, exp, lxm } }: Call<Caller, Ask>) {
      if (!isAudience(aud)) throw invalidRequest('aud is a DID, alone or with #service')
      if (lxm !== undefined && PROTECTED_METHODS.has(lxm))
        throw invalidRequest(`cannot request a service auth token for the following protected method: ${lxm}`)
      if (lxm === CREATE_ACCOUNT && caller.scope !== 'full') throw invalidToken('Bad token scope: moving an account needs its own password')
      caller.permissions.rpc(lxm ?? '*', aud)
      const nowMs = clock.realMs()
      const expSeconds = exp === undefined ? DEFAULT_SECONDS : parseLife(exp - Math.floor(nowMs / 1000), lxm)
      return {
        json: {
          token: createServiceJwt({ iss: caller.did, aud, expSeconds, ...(lxm === undefined ? {} : { lxm }) }, keyOf(caller.did), nowMs),
        },
      }
    },
  }),
})

const parseLife = (seconds: number, lxm: string | undefined): number => {
  if (seconds <= 0) throw badExpiration('expiration is in past')
  if (seconds > MAX_SECONDS) throw badExpiration('cannot request a token with an expiration more than an hour in the future')
  if (lxm === undefined && seconds > METHODLESS_MAX_SECONDS)
    throw badExpiration('cannot request a method-less token with an expiration more than a minute in the future')
  return seconds
}

const badExpiration = (message: string): XrpcError => new XrpcError(400, 'BadExpiration', message)

const isAudience = (aud: string): boolean => {
  const [did, service, ...rest] = aud.split('#')
  return isDid(did) && (service === undefined || /^[A-Za-z0-9._-]{1,128}$/.test(service)) && rest.length === 0
}
