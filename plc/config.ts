// Settings of the directory.

import { readSettings } from '../server/env.ts'
import type { Environment } from '../server/env.ts'
import { serverSettings } from '../server/settings.ts'

type Read = ReturnType<typeof readPlcConfig>

/** Host, port and folder are needed; the rest has defaults. */
export type PlcConfig = Pick<Read, 'host' | 'port' | 'dataDir'> & Partial<Read>

/** Throws StartError with all mistakes. */
export const readPlcConfig = (environment: Environment) => readSettings(serverSettings, environment)
