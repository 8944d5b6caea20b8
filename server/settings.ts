// The settings every server has, each with its sentence and a safe default; a server's config.ts spreads these before its own.

import { flag, integer, json, list, oneOf, optionalText, text, url } from './env.ts'
import { LOG_LEVELS } from './log.ts'

const parseHosts = (value: unknown): Readonly<Record<string, string>> => {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : []
  if (entries.length === 0 && JSON.stringify(value) !== '{}')
    throw new Error('must be a JSON object {".suffix.test": "http://localhost:1234"}')
  return Object.fromEntries(
    entries.map(([suffix, address]) => {
      if (typeof address !== 'string' || !URL.canParse(address)) throw new Error(`names no address for ${suffix}`)
      return [suffix, new URL(address).origin]
    }),
  )
}

export const serverSettings = {
  host: text('HOST', 'address to listen on', '127.0.0.1'),
  port: integer('PORT', 'port to listen on, 0 for a free one', 0, { min: 0, max: 65_535 }),
  dataDir: text('DATA_DIR', 'folder that keeps all data of this server'),
  publicUrl: url('PUBLIC_URL', 'address under which others reach this server; http://localhost:PORT when not set'),
  trustedProxies: list(
    'TRUSTED_PROXIES',
    'proxies on other machines whose X-Forwarded-For is believed: addresses, linklocal or uniquelocal, separated by commas',
  ),
  logLevel: oneOf('LOG_LEVEL', 'least level that is logged', LOG_LEVELS, 'info'),
  settableClock: flag('SETTABLE_CLOCK', 'civil time is set by POST /_clock; loopback only', false),
  settableClockStart: optionalText('SETTABLE_CLOCK_START', 'ISO instant at which settable civil time begins'),
  allowLoopback: flag('ALLOW_LOOPBACK', 'http and loopback addresses of others are allowed; local networks only', false),
}

export const networkSettings = {
  plcUrl: text('PLC_URL', 'address of the did:plc directory', 'https://plc.directory'),
  handleHosts: json('HANDLE_HOSTS', 'JSON {suffix: address}: who answers for handles of a local network', {}, parseHosts),
}
