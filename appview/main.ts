// Starts the appview with settings from the environment; `waki appview` runs this file. SIGHUP reads the roster file again.

import { runMain } from '../server/run-main.ts'
import { startAppview } from './appview.ts'
import { readAppviewConfig } from './config.ts'

await runMain(async () => {
  const running = await startAppview(readAppviewConfig(process.env))
  process.on('SIGHUP', () => void running.reloadRoster())
  return running
})
