// Runs the directory with settings from the environment.

import { runMain } from '../server/run-main.ts'
import { readPlcConfig } from './config.ts'
import { startPlc } from './plc.ts'

await runMain(() => startPlc(readPlcConfig(process.env)))
