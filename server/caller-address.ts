// Where a caller is counted: one address of IPv4, the 64 bits of a network of IPv6, for whoever has one of its addresses has all.

import { isIPv6 } from 'node:net'

export const countedAddress = (ip: string | undefined): string => {
  if (ip === undefined) return ''
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1]
  if (mapped !== undefined) return mapped
  if (!isIPv6(ip)) return ip
  const [head = '', tail] = (ip.split('%')[0] ?? '').toLowerCase().split('::')
  const groupsOf = (text: string): string[] => (text === '' ? [] : text.split(':'))
  const known = groupsOf(head).length + groupsOf(tail ?? '').length
  const all = tail === undefined ? groupsOf(head) : [...groupsOf(head), ...Array.from({ length: 8 - known }, () => '0'), ...groupsOf(tail)]
  return `${all
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`
}
