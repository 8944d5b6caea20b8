// What each server of the local network is told: its port, its folder, and the addresses of the others. They know one another only by URL.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { AUTHORITY } from '../../lexicons/authority.ts'
import type { ChildSpec, ServerName } from './child.ts'
import { didWebOfUrl } from './did-web.ts'
import { publishFile, rosterFile, type NetworkFile } from './folder.ts'
import { lexiconAuthorities } from './lexicon-account.ts'
import { LOOPBACK } from './ports.ts'

export const urlOf = (port: number): string => `http://localhost:${port}`

export type NetworkUrls = { readonly plc: string; readonly pds: readonly string[]; readonly relay: string; readonly appview: string }

export const urlsOf = (file: NetworkFile): NetworkUrls => ({
  plc: urlOf(file.ports.plc),
  pds: file.ports.pds.map(urlOf),
  relay: urlOf(file.ports.relay),
  appview: urlOf(file.ports.appview),
})

/** Handles under `.pds1.test` are served by the first PDS, and so on. */
export const handleDomain = (pdsIndex: number): string => `.pds${pdsIndex + 1}.test`

/** The specs of all servers in the order in which they start. `clockStart` (ISO) is where a demo's civil time begins. */
export const specsOf = (
  dir: string,
  file: NetworkFile,
  clockStart: string | undefined,
): { plc: ChildSpec; pds: readonly ChildSpec[]; relay: ChildSpec; appview: ChildSpec } => {
  const urls = urlsOf(file)
  const handleHosts = JSON.stringify(Object.fromEntries(urls.pds.map((url, i) => [handleDomain(i), url])))
  const proxyRoutes = JSON.stringify({ [`${AUTHORITY}.`]: `${didWebOfUrl(urls.appview)}#waki_appview` })
  const spec = (name: string, server: ServerName, port: number, env: Readonly<Record<string, string>>): ChildSpec => {
    const dataDir = join(dir, name)
    mkdirSync(dataDir, { recursive: true })
    return {
      name,
      server,
      url: urlOf(port),
      logFile: join(dir, 'logs', `${name}.log`),
      env: {
        HOST: LOOPBACK,
        PORT: String(port),
        PUBLIC_URL: urlOf(port),
        DATA_DIR: dataDir,
        PLC_URL: urls.plc,
        HANDLE_HOSTS: handleHosts,
        ALLOW_LOOPBACK: '1',
        SETTABLE_CLOCK: file.demo === 'none' ? '0' : '1',
        ...(clockStart === undefined ? {} : { SETTABLE_CLOCK_START: clockStart }),
        ...env,
      },
    }
  }
  return {
    plc: spec('plc', 'plc', file.ports.plc, {}),
    pds: file.ports.pds.map((port, i) =>
      spec(`pds${i + 1}`, 'pds', port, {
        HANDLE_DOMAINS: handleDomain(i),
        RELAY_URLS: urls.relay,
        INVITE_REQUIRED: '0',
        PROXY_ROUTES: proxyRoutes,
        LEXICON_AUTHORITIES: lexiconAuthorities(handleDomain(0)),
      }),
    ),
    relay: spec('relay', 'relay', file.ports.relay, {
      ORIGIN_NAME: file.demo === 'none' ? 'local/waki' : 'demo/waki',
      HOSTS: urls.pds.join(','),
    }),
    appview: spec('appview', 'appview', file.ports.appview, {
      RELAY_URL: urls.relay,
      ROSTER_FILE: rosterFile(dir),
      PUBLISH_FILE: publishFile(dir),
      ...(file.store === null ? {} : { STORE: file.store }),
    }),
  }
}
