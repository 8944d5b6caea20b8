// An appview as processes beside one another, so that it can be seen locally: two that ingest, of which one stands by, and each door and the jobs apart.

import { dirname, join } from 'node:path'
import type { ChildSpec } from './child.ts'
import type { Behind } from './front.ts'
import { freePort } from './ports.ts'
import { urlOf } from './specs.ts'

export type AppviewParts = { readonly specs: readonly ChildSpec[]; readonly behind: Behind }

const ROLES: Readonly<Record<string, string>> = {
  ingest: 'ingest',
  'ingest-2': 'ingest',
  jobs: 'jobs',
  pages: 'pages',
  xrpc: 'xrpc',
  static: 'static',
}

/** Whichever of them follows reads the roster file when it is told to. */
export const FOLLOWERS = ['appview-ingest', 'appview-ingest-2'] as const

export const appviewParts = async (whole: ChildSpec): Promise<AppviewParts> => {
  const specs: ChildSpec[] = []
  const urls: Record<string, string> = {}
  for (const [name, roles] of Object.entries(ROLES)) {
    const port = await freePort()
    const url = urlOf(port)
    urls[name] = url
    specs.push({
      ...whole,
      name: `appview-${name}`,
      url,
      logFile: join(dirname(whole.logFile), `appview-${name}.log`),
      env: { ...whole.env, PORT: String(port), ROLES: roles },
    })
  }
  return { specs, behind: { static: urls['static'] ?? '', xrpc: urls['xrpc'] ?? '', pages: urls['pages'] ?? '' } }
}
