// Starts the relay with settings from the environment; `waki relay` runs this file.

import { runMain } from '../server/run-main.ts'
import { readRelayConfig } from './config.ts'
import { startRelay } from './relay.ts'

await runMain(() => startRelay(readRelayConfig(process.env)))
