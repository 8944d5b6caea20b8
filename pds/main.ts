// Runs a PDS with settings from the environment (config.ts).

import { runMain } from '../server/run-main.ts'
import { pdsConfigHere } from './config.ts'
import { startPds } from './pds.ts'

await runMain(() => startPds(pdsConfigHere()))
