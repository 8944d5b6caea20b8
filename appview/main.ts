// Starts the appview with settings from the environment; `waki appview` runs this file. SIGHUP reads the roster file again.

import { parseArgs } from 'node:util'
import { runMain } from '../server/run-main.ts'
import { startAppview } from './appview.ts'
import { readAppviewConfig } from './config.ts'

/** `waki appview --store URI`. */
const { store } = parseArgs({ options: { store: { type: 'string' } }, strict: false }).values

await runMain(async () => {
  const running = await startAppview(readAppviewConfig({ ...process.env, ...(typeof store === 'string' ? { STORE: store } : {}) }))
  process.on('SIGHUP', () => void running.reloadRoster())
  return running
})
