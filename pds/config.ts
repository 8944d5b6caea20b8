// Settings of a PDS, each with its sentence and a safe default; secrets may stand in files.

import { join } from 'node:path'
import { flag, json, list, optionalText, readSettings, secret, urlList, type Environment } from '../server/env.ts'
import { networkSettings, serverSettings } from '../server/settings.ts'
import { parseAuthorities, type LexiconAuthorities } from './lexicons/lexicon-authority.ts'
import { parseRoutes, type ProxyRoutes } from './proxy/proxy-target.ts'

const settings = {
  ...serverSettings,
  ...networkSettings,
  handleDomains: list('HANDLE_DOMAINS', 'domains under which accounts get handles, like .pds.example, separated by commas'),
  relayUrls: urlList('RELAY_URLS', 'relays that are asked to follow this server, separated by commas'),
  inviteRequired: flag('INVITE_REQUIRED', 'joining needs an invite code; off in a local network only', true),
  signUp: flag('SIGN_UP', 'the sign-in page lets people join, with an invite code where one is needed', true),
  proxyRoutes: json(
    'PROXY_ROUTES',
    'JSON {prefix of method names: did#service}: who answers for methods that are not ours',
    {},
    parseRoutes,
  ),
  lexiconAuthorities: json(
    'LEXICON_AUTHORITIES',
    'JSON {prefix of names: DID or handle}: who publishes their lexicons, in a network without DNS',
    {},
    parseAuthorities,
  ),
  adminPassword: secret('ADMIN_PASSWORD', 'password of the operator; made and kept in DATA_DIR/admin-password when not set'),
  secretFile: optionalText('SECRET_FILE', 'file whose secret seals keys and signs sessions; made as DATA_DIR/secret when not set'),
}

export type PdsConfig = {
  readonly host: string
  readonly port: number
  readonly dataDir: string
  readonly publicUrl?: string | undefined
  readonly trustedProxies?: readonly string[]
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  readonly settableClock?: boolean
  readonly settableClockStart?: string | undefined
  readonly allowLoopback?: boolean
  readonly plcUrl: string
  readonly handleHosts?: Readonly<Record<string, string>>
  readonly handleDomains: readonly string[]
  readonly relayUrls?: readonly string[]
  readonly inviteRequired?: boolean
  readonly signUp?: boolean
  readonly proxyRoutes?: ProxyRoutes
  readonly lexiconAuthorities?: LexiconAuthorities
  readonly adminPassword?: string | undefined
  readonly secretFile?: string | undefined
}

/** Throws StartError listing every mistake. */
export const readPdsConfig = (environment: Environment): PdsConfig => readSettings(settings, environment)

/** Of the environment this program was started in. */
export const pdsConfigHere = (): PdsConfig => readPdsConfig(process.env)

/** Where things are kept under DATA_DIR. */
export const filesOf = ({ dataDir, secretFile }: Pick<PdsConfig, 'dataDir' | 'secretFile'>) => ({
  database: join(dataDir, 'pds.sqlite'),
  blobDir: join(dataDir, 'blobs'),
  secret: secretFile ?? join(dataDir, 'secret'),
  adminPassword: join(dataDir, 'admin-password'),
})
