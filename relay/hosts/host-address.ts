// What somebody calls a server → the one form we know it by. Hostnames and addresses are taken; https on its own port only, except that a local
// network may name http servers on loopback. `localhost` stands for every loopback address.

import { isIP } from 'node:net'
import { isLoopback } from '../../server/address-rules.ts'
import { HOSTNAME_MAX_LENGTH } from '../limits.ts'

/** `hostname` as listHosts shows it (with a port on loopback), `url` the origin without a slash. */
export type HostAddress = { readonly hostname: string; readonly url: string }

const SCHEMES = new Map([
  ['https:', 'https:'],
  ['wss:', 'https:'],
  ['http:', 'http:'],
  ['ws:', 'http:'],
])

/** Undefined when it names no server that may be crawled. */
export const parseHostAddress = (text: string, allowLoopback: boolean): HostAddress | undefined => {
  const given = text.trim()
  if (given === '' || given.length > HOSTNAME_MAX_LENGTH) return undefined
  const hasScheme = /^[a-z]+:\/\//i.test(given)
  const address = hasScheme ? given : `https://${given}`
  if (!URL.canParse(address)) return undefined
  const url = new URL(address)
  const scheme = SCHEMES.get(url.protocol)
  const isBare =
    (url.pathname === '/' || url.pathname === '') && url.search === '' && url.hash === '' && url.username === '' && url.password === ''
  if (scheme === undefined || !isBare) return undefined
  const name = url.hostname.replace(/^\[(.*)\]$/, '$1')
  if (isLoopbackName(name)) return allowLoopback ? loopbackAddress(given, url, hasScheme ? scheme : 'http:') : undefined
  const isPublicName = isIP(name) === 0 && /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(name)
  if (!isPublicName || scheme !== 'https:' || url.port !== '') return undefined
  return { hostname: name, url: `https://${name}` }
}

/** The same server by another of its loopback names is the same. */
export const originOf = (url: string): string => {
  const { protocol, hostname, port } = new URL(url)
  const name = isLoopbackName(hostname.replace(/^\[(.*)\]$/, '$1')) ? 'localhost' : hostname
  return `${protocol}//${name}${port === '' ? '' : `:${port}`}`
}

const isLoopbackName = (name: string): boolean => name === 'localhost' || (isIP(name) !== 0 && isLoopback(name))

const loopbackAddress = (given: string, url: URL, scheme: string): HostAddress => {
  // URL drops a port that is the default of https, which a bare `localhost:443` was read as.
  const port = url.port !== '' ? url.port : (/:(\d{1,5})\/?$/.exec(given)?.[1] ?? '')
  const hostname = port === '' ? 'localhost' : `localhost:${port}`
  return { hostname, url: `${scheme}//${hostname}` }
}
