// Who this app is, and what it asks for: to create acts, and to read what their owner may read. It never sees a password.

import { buildAtprotoLoopbackClientMetadata, NodeOAuthClient, OAuthResponseError, requestLocalLock } from '@atproto/oauth-client-node'
import type { OAuthClientMetadataInput } from '@atproto/oauth-client-node'
import { appviewService, settings } from './settings.ts'

const audience = encodeURIComponent(appviewService)
const CREATE_ACTS = 'atproto repo:org.waki.action?action=create'

/** One name for all reading methods; the person's server shows its title and looks up what is in it. */
const WITH_SET = `${CREATE_ACTS} include:org.waki.authReadOnly?aud=${audience}`
/** The two methods this app calls, for servers that cannot look the set up. */
const BY_METHOD = `${CREATE_ACTS} rpc:org.waki.listActions?aud=${audience} rpc:org.waki.getAction?aud=${audience}`
const EITHER = [...new Set([...WITH_SET.split(' '), ...BY_METHOD.split(' ')])].join(' ')

export const metadataFor = (url: string): OAuthClientMetadataInput =>
  url.startsWith('https:')
    ? {
        client_id: `${url}/client-metadata.json`,
        client_name: '町内会のきろく',
        client_uri: url,
        redirect_uris: [`${url}/callback`],
        scope: EITHER,
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        application_type: 'web',
        token_endpoint_auth_method: 'none',
        dpop_bound_access_tokens: true,
      }
    : buildAtprotoLoopbackClientMetadata({ scope: EITHER, redirect_uris: [`http://127.0.0.1:${new URL(url).port}/callback`] })

/** Kept in memory: whoever is signed in signs in again after a restart. An app with more than one process keeps these in its database, encrypted. */
const inMemory = <V>() => {
  const values = new Map<string, V>()
  return {
    get: async (key: string) => values.get(key),
    set: async (key: string, value: V) => void values.set(key, value),
    del: async (key: string) => void values.delete(key),
  }
}

export const createClient = (url: string): NodeOAuthClient =>
  new NodeOAuthClient({
    clientMetadata: metadataFor(url),
    stateStore: inMemory(),
    sessionStore: inMemory(),
    requestLock: requestLocalLock,
    handleResolver: settings.handleResolverUrl,
    plcDirectoryUrl: settings.plcUrl,
    allowHttp: !url.startsWith('https:'),
  })

/** Where the browser goes on: a page of the person's own server. */
export const beginSignIn = async (client: NodeOAuthClient, handle: string, browser: string): Promise<URL> => {
  try {
    return await client.authorize(handle, { scope: WITH_SET, state: browser })
  } catch (error) {
    if (!(error instanceof OAuthResponseError && error.error === 'invalid_scope')) throw error
    return client.authorize(handle, { scope: BY_METHOD, state: browser })
  }
}
