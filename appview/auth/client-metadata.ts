// Who this appview is to authorization servers: at an https address a confidential client by the URL of its metadata, on loopback the virtual client
// that development has. https://atproto.com/specs/oauth#clients

import type { OAuthClientMetadataInput } from '@atproto/oauth-client-node'
import { nsid } from '../../lexicons/authority.ts'
import { isLoopbackHost } from '../../server/local-caller.ts'

export const METADATA_PATH = '/oauth-client-metadata.json'
export const JWKS_PATH = '/jwks.json'
export const CALLBACK_PATH = '/oauth/callback'

/** What people are asked to grant: to know who they are, and to write what the pages write. */
export const SCOPES = ['atproto', `repo:${nsid.action}`, `repo:${nsid.confirmation}`, `repo:${nsid.profile}`].join(' ')

/** Loopback names are one machine, but browsers and the OAuth profile keep them apart: clients of development come back to 127.0.0.1. */
export const isLoopbackUrl = (url: string): boolean => isLoopbackHost(new URL(url).hostname)

/** Null where nobody can sign in: over http in a public network the session would be open to everybody on the way. */
export const clientMetadataOf = (url: string): OAuthClientMetadataInput | null => {
  if (url.startsWith('https:')) return publicMetadata(url)
  if (!isLoopbackUrl(url)) return null
  return loopbackMetadata(`http://127.0.0.1:${new URL(url).port}${CALLBACK_PATH}`)
}

const shared = {
  client_name: '和記 Waki',
  scope: SCOPES,
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  dpop_bound_access_tokens: true,
} satisfies Partial<OAuthClientMetadataInput>

const loopbackMetadata = (redirectUri: string): OAuthClientMetadataInput => ({
  ...shared,
  client_id: `http://localhost?${new URLSearchParams({ scope: SCOPES, redirect_uri: redirectUri }).toString()}`,
  redirect_uris: [redirectUri],
  application_type: 'native',
  token_endpoint_auth_method: 'none',
})

const publicMetadata = (url: string): OAuthClientMetadataInput => ({
  ...shared,
  client_id: `${url}${METADATA_PATH}`,
  client_uri: url,
  redirect_uris: [`${url}${CALLBACK_PATH}`],
  application_type: 'web',
  token_endpoint_auth_method: 'private_key_jwt',
  token_endpoint_auth_signing_alg: 'ES256',
  jwks_uri: `${url}${JWKS_PATH}`,
})
