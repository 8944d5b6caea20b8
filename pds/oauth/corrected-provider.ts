// The provider where we go another way than it does:
// a request has been pushed and carries a state, as the profile wants it; a revocation needs no proof of possession, holding the token and being its client
// is enough, and the answer is the same for a token that is unknown (RFC 7009, section 2.2); a deactivated account's refresh is put off, for clients
// forget what is answered `invalid_grant`, and the account may come back; and a request names a handful of permission sets at the most, since anybody
// may push one, and each name is looked up elsewhere.

import { AuthorizationError, InvalidGrantError, InvalidRequestError, OAuthError } from '@atproto/oauth-provider/errors'
import { LexResolverError, OAuthProvider } from '@atproto/oauth-provider/provider'
import type { OAuthHooks } from '@atproto/oauth-provider/hooks'
import type { TokenStore } from '@atproto/oauth-provider/store'
import { IncludeScope } from '@atproto/oauth-scopes'
import type { RefreshToken } from './provider-types.ts'

/** Permission sets that one request may name. */
export const PERMISSION_SETS_MAX = 20

type Options = ConstructorParameters<typeof OAuthProvider>[0] & { readonly tokenStore: TokenStore }

export class CorrectedProvider extends OAuthProvider {
  readonly #tokens: TokenStore

  constructor(options: Options) {
    super({ ...options, onAuthorizationRequest: wantState })
    this.#tokens = options.tokenStore
    wantFewSets(this.lexiconManager)
  }

  override async authorize(...[query, device]: Parameters<OAuthProvider['authorize']>): ReturnType<OAuthProvider['authorize']> {
    if (!('request_uri' in query)) throw new InvalidRequestError('An authorization request has to be pushed first (RFC 9126)')
    return super.authorize(query, device)
  }

  protected override async refreshTokenGrant(
    ...given: Parameters<OAuthProvider['refreshTokenGrant']>
  ): ReturnType<OAuthProvider['refreshTokenGrant']> {
    const [, , , { refresh_token: token }] = given
    const found = isRefreshToken(token) ? await this.#tokens.findTokenByRefreshToken(token) : null
    if (found?.account.deactivated === true) throw new OAuthError('temporarily_unavailable', 'The account is deactivated')
    return super.refreshTokenGrant(...given)
  }

  override async revoke(...[credentials, { token }, dpopProof]: Parameters<OAuthProvider['revoke']>): Promise<void> {
    const { client } = await this.authenticateClient(credentials, dpopProof, { allowMissingDpopProof: true })
    const found = await this.tokenManager.findToken(token)
    if (found === null) return
    if (found.data.clientId !== client.id) throw new InvalidGrantError('Token was not issued to this client')
    await this.tokenManager.deleteToken(found.id)
  }
}

const isRefreshToken = (token: string): token is RefreshToken => token.startsWith('ref-')

const wantState: NonNullable<OAuthHooks['onAuthorizationRequest']> = ({ parameters }) => {
  if (!parameters.state) throw new AuthorizationError(parameters, 'The "state" parameter is required')
}

/** Before any of them is looked up. */
const wantFewSets = (manager: OAuthProvider['lexiconManager']): void => {
  const lookUp = manager.getPermissionSetsFromScope.bind(manager)
  manager.getPermissionSetsFromScope = async (scope = '') => {
    const names = new Set(scope.split(' ').flatMap((one) => IncludeScope.fromString(one)?.nsid ?? []))
    const beyond = [...names][PERMISSION_SETS_MAX]
    if (beyond !== undefined) throw LexResolverError.from(beyond, `More than ${PERMISSION_SETS_MAX} permission sets at once`)
    return lookUp(scope)
  }
}
