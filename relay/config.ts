// The relay's settings, each with a sentence and a safe default. Read once from the environment; tests write the same value by hand.

import { integer, list, optionalText, readSettings } from '../server/env.ts'
import type { Environment } from '../server/env.ts'
import type { LogLevel } from '../server/log.ts'
import { networkSettings, serverSettings } from '../server/settings.ts'
import {
  BACK_OFF_FIRST_MS,
  BACK_OFF_MAX_MS,
  HOST_MAX_ACCOUNTS,
  HOST_MAX_EVENTS_PER_SECOND,
  HOST_PAUSE_MS,
  TRUSTED_HOST_MAX_ACCOUNTS,
  TRUSTED_HOST_MAX_EVENTS_PER_SECOND,
  WINDOW_HOURS,
} from './limits.ts'

export type HostAllowance = { readonly maxAccounts: number; readonly maxEventsPerSecond: number }

export type RelayConfig = {
  readonly host: string
  readonly port: number
  readonly dataDir: string
  readonly publicUrl?: string | undefined
  readonly logLevel?: LogLevel
  readonly settableClock?: boolean
  readonly settableClockStart?: string | undefined
  readonly allowLoopback?: boolean
  readonly plcUrl: string
  readonly handleHosts?: Readonly<Record<string, string>>
  /** The origin's name when it is created; the address of the relay when not given. */
  readonly originName?: string | undefined
  /** Whose secret seals the origin's key; DATA_DIR/secret when not given. */
  readonly secretFile?: string | undefined
  /** Hostnames or addresses crawled from the start, with the larger allowance. */
  readonly hosts?: readonly string[]
  /** 0 keeps every event. */
  readonly windowHours?: number
  readonly allowance?: HostAllowance
  readonly trustedAllowance?: HostAllowance
  readonly backOff?: { readonly firstMs: number; readonly maxMs: number; readonly pauseMs: number }
}

const specification = {
  ...serverSettings,
  ...networkSettings,
  originName: optionalText('ORIGIN_NAME', 'name of this log when it is created; the address of the relay when not set'),
  secretFile: optionalText('SECRET_FILE', 'file whose secret seals the key of the log; made as DATA_DIR/secret when not set'),
  hosts: list('HOSTS', 'servers to crawl from the start, hostnames or addresses separated by commas'),
  windowHours: integer('WINDOW_HOURS', 'hours for which events can be replayed, 0 for ever', WINDOW_HOURS, { min: 0, max: 1_000_000 }),
  maxAccounts: integer('HOST_MAX_ACCOUNTS', 'accounts of one host before it is paused', HOST_MAX_ACCOUNTS, { min: 1, max: 1e9 }),
  maxEventsPerSecond: integer(
    'HOST_MAX_EVENTS_PER_SECOND',
    'events per second of one host before it is paused',
    HOST_MAX_EVENTS_PER_SECOND,
    {
      min: 1,
      max: 1e6,
    },
  ),
}

/** Throws StartError that lists every mistake. */
export const readRelayConfig = (environment: Environment): RelayConfig => {
  const { maxAccounts, maxEventsPerSecond, ...config } = readSettings(specification, environment)
  return { ...config, allowance: { maxAccounts, maxEventsPerSecond } }
}

export const DEFAULT_TRUSTED_ALLOWANCE: HostAllowance = {
  maxAccounts: TRUSTED_HOST_MAX_ACCOUNTS,
  maxEventsPerSecond: TRUSTED_HOST_MAX_EVENTS_PER_SECOND,
}
export const DEFAULT_ALLOWANCE: HostAllowance = { maxAccounts: HOST_MAX_ACCOUNTS, maxEventsPerSecond: HOST_MAX_EVENTS_PER_SECOND }
export const DEFAULT_BACK_OFF = { firstMs: BACK_OFF_FIRST_MS, maxMs: BACK_OFF_MAX_MS, pauseMs: HOST_PAUSE_MS }
