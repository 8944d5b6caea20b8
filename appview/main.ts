// Starts the appview with settings from the environment; `waki appview` runs this file. SIGHUP reads the roster file again.

import { parseArgs } from 'node:util'
import { runMain } from '../server/run-main.ts'
import { startAppview } from './appview.ts'
import { readAppviewConfig } from './config.ts'

/** `waki appview --store URI --roles ingest,jobs`. */
const { store, roles } = parseArgs({ options: { store: { type: 'string' }, roles: { type: 'string' } }, strict: false }).values

const given = {
  ...process.env,
  ...(typeof store === 'string' ? { STORE: store } : {}),
  ...(typeof roles === 'string' ? { ROLES: roles } : {}),
}

await runMain(async () => {
  const running = await startAppview(readAppviewConfig(given))
  process.on('SIGHUP', () => void running.reloadRoster())
  return running
})
