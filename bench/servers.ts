// Our servers and the official ones as they are measured: durable writes, validation on, no rate limits, loopback only.

import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { projectRoot, startServer, type Server } from './child.ts'
import { freePort } from './free-port.ts'

const HOUSE = 'bench/peers/reference'
export const hasReference = existsSync(join(projectRoot, HOUSE, 'node_modules', '@atproto', 'pds'))

/** A folder for one measurement, gone when the process ends. */
export const scratchDir = (name: string): string => {
  const dir = mkdtempSync(join(tmpdir(), `waki-bench-${name}-`))
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }))
  return dir
}

const startedUrl = (line: string): string | undefined => {
  if (!line.includes('"server.started"')) return undefined
  const { url } = JSON.parse(line)
  return typeof url === 'string' ? url : undefined
}

/** As the command line starts them. */
const compileCache = { NODE_COMPILE_CACHE: join(projectRoot, 'node_modules', '.cache', 'waki') }

/** One of our servers by its main.ts, on a free port. */
export const startOurs = (
  name: 'plc' | 'pds' | 'relay' | 'appview',
  dataDir: string,
  env: Readonly<Record<string, string>> = {},
  nodeOptions: readonly string[] = [],
): Promise<Server> =>
  startServer({
    command: [`${name}/main.ts`],
    env: { ...compileCache, PORT: '0', DATA_DIR: dataDir, ALLOW_LOOPBACK: '1', LOG_LEVEL: 'info', ...env },
    urlIn: startedUrl,
    nodeOptions,
  })

export const startOurPds = (dataDir: string, plcUrl: string): Promise<Server> =>
  startOurs('pds', dataDir, { PLC_URL: plcUrl, HANDLE_DOMAINS: '.test', INVITE_REQUIRED: '0' })

/** The official directory and PDS, stock settings, as @atproto/dev-env runs them. */
export const startReferencePlc = async (): Promise<Server> => {
  const port = await freePort()
  return startServer({
    command: [`${HOUSE}/plc.cjs`],
    env: { PLC_PORT: String(port) },
    urlIn: (line) => (line.startsWith('plc listening') ? `http://localhost:${port}` : undefined),
  })
}

export const startReferencePds = async (dataDir: string, plcUrl: string): Promise<Server> => {
  const port = await freePort()
  return startServer({
    command: [`${HOUSE}/pds.mjs`],
    env: { PDS_PORT: String(port), PDS_DATA: dataDir, PLC_URL: plcUrl, LOG_ENABLED: 'false' },
    urlIn: (line) => (line.startsWith('pds listening') ? `http://localhost:${port}` : undefined),
  })
}
