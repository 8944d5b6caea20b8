// To whom a request is passed on: the service named by `atproto-proxy: did#service`, else the one that answers for the method's name here.
// https://atproto.com/specs/xrpc#service-proxying

import { isDid, parseDid, type Did } from '../../atproto/did.ts'
import { AUTHORITY } from '../../lexicons/authority.ts'
import { invalidRequest } from '../../server/xrpc-error.ts'

/** `service` without `#`. */
export type ProxyTarget = { readonly did: Did; readonly service: string }

/** Prefix of method names, its dot included, → `did#service` that answers for them when the caller names nobody. */
export type ProxyRoutes = Readonly<Record<string, string>>

const SERVICE = /^[A-Za-z0-9._-]{1,128}$/

/** Throws 400 InvalidRequest. */
export const parseProxyTarget = (text: string): ProxyTarget => {
  const [did = '', service = '', ...rest] = text.trim().split('#')
  if (!isDid(did)) throw invalidRequest('atproto-proxy names no DID: it is did#service, like did:web:appview.example#waki_appview')
  if (!SERVICE.test(service) || rest.length > 0)
    throw invalidRequest('atproto-proxy names no service: it is did#service, like did:web:appview.example#waki_appview')
  return { did: parseDid(did), service }
}

/** The longest prefix that fits; undefined when nobody answers for the method. */
export const routeOf = (routes: ProxyRoutes, nsid: string): ProxyTarget | undefined => {
  const prefix = Object.keys(routes)
    .filter((one) => nsid.startsWith(one))
    .toSorted((a, b) => b.length - a.length)[0]
  const target = prefix === undefined ? undefined : routes[prefix]
  return target === undefined ? undefined : parseProxyTarget(target)
}

/** The value of the setting: throws with a sentence. */
export const parseRoutes = (value: unknown): ProxyRoutes => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`must be a JSON object {"${AUTHORITY}.": "did:web:appview.example#waki_appview"}`)
  return Object.fromEntries(
    Object.entries(value).map(([prefix, target]) => {
      const [did = '', service = '', ...rest] = typeof target === 'string' ? target.split('#') : []
      if (!isDid(did) || !SERVICE.test(service) || rest.length > 0) throw new Error(`names no did#service for ${prefix}`)
      return [prefix, `${did}#${service}`]
    }),
  )
}
