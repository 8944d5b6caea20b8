// Name look-up for sockets to hosts: only public addresses, or loopback in a local network. Checked on the address that is connected to.

import { lookup as resolveName } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { isAllowedAddress } from '../../server/address-rules.ts'

export const safeLookup =
  (allowLoopback: boolean): LookupFunction =>
  (hostname, options, callback) => {
    resolveName(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '', 0)
      const first = found[0]
      if (first === undefined || found.some(({ address }) => !isAllowedAddress(address, allowLoopback)))
        return callback(new Error(`${hostname} is not a public address`), '', 0)
      if (options.all) callback(null, found)
      else callback(null, first.address, first.family)
    })
  }
