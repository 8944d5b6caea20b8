// Which addresses a fetch on a stranger's word may reach: public unicast ones; loopback only in a local network. Everything else is refused:
// private, shared, link-local, multicast, documentation, reserved, and IPv6 forms that carry such an IPv4 address.

import { BlockList, isIP } from 'node:net'

const forbidden4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const

// Only 2000::/3 is global unicast; inside it: 6to4, Teredo and documentation are out as well.
const forbidden6 = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const

const listOf = (family: 'ipv4' | 'ipv6', nets: readonly (readonly [string, number])[]): BlockList => {
  const list = new BlockList()
  for (const [net, prefix] of nets) list.addSubnet(net, prefix, family)
  return list
}

const notPublic4 = listOf('ipv4', forbidden4)
const notPublic6 = listOf('ipv6', forbidden6)
const unicast6 = listOf('ipv6', [['2000::', 3]])
const loopback = listOf('ipv4', [['127.0.0.0', 8]])
loopback.addAddress('::1', 'ipv6')

/** `address` is an IPv4 or IPv6 literal without brackets; anything else is not allowed. */
export const isAllowedAddress = (address: string, allowLoopback: boolean): boolean => {
  const family = isIP(address)
  if (family === 0) return false
  if (isLoopback(address)) return allowLoopback
  if (family === 4) return !notPublic4.check(address, 'ipv4')
  return unicast6.check(address, 'ipv6') && !notPublic6.check(address, 'ipv6')
}

export const isLoopback = (address: string): boolean => loopback.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6')
