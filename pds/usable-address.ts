// Whether apps can take this server's address for an authorization server's (https://atproto.com/specs/oauth): https under a domain name, or plain http
// on loopback while developing. Under any other nobody could sign in, and that would show only then.

import { isIP } from 'node:net'
import { isLoopbackHost } from '../server/local-caller.ts'
import { StartError } from '../server/start-error.ts'

/** Throws StartError. */
export const wantUsableAddress = (address: string): void => {
  const { protocol, hostname } = new URL(address)
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  const isNamed = host.includes('.') && !host.endsWith('.local') && isIP(host) === 0
  if (protocol === 'https:' ? isNamed : isLoopbackHost(host)) return
  throw new StartError(
    `PUBLIC_URL must be an https address with a domain name, like https://pds.example.jp, or http://localhost: nobody could sign in at ${address}`,
  )
}
