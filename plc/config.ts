// Settings of the directory.

import { readSettings } from '../server/env.ts'
import type { Environment } from '../server/env.ts'
import { serverSettings } from '../server/settings.ts'

export type PlcConfig = ReturnType<typeof readPlcConfig>

/** Throws StartError with all mistakes. */
export const readPlcConfig = (environment: Environment) => readSettings(serverSettings, environment)
