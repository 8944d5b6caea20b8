// A did:plc v0.3 directory for local and closed networks: one SQLite file, every operation checked before it is taken.

import { join } from 'node:path'
import { readClock } from '../server/clock.ts'
import type { Clock } from '../server/clock.ts'
import { createLog } from '../server/log.ts'
import type { Log } from '../server/log.ts'
import { createMetrics } from '../server/metrics.ts'
import { serve } from '../server/serve.ts'
import type { Running } from '../server/serve.ts'
import { lockFile, openDatabase } from '../server/sqlite.ts'
import type { PlcConfig } from './config.ts'
import { plcRouter } from './http.ts'
import { createOperations } from './operations.ts'
import { plcSql } from './schema.sql.ts'

/** Starts the directory; its data is in DATA_DIR/plc.sqlite. Throws StartError for a taken port, an unusable folder, a folder in use. */
export const startPlc = async (config: PlcConfig, deps: { clock?: Clock; log?: Log } = {}): Promise<Running> => {
  const clock = deps.clock ?? readClock(config.settableClock ?? false, config.settableClockStart)
  const log = deps.log ?? createLog('plc', config.logLevel)
  const metrics = createMetrics('plc', true)
  const opened = new DisposableStack()
  try {
    opened.use(lockFile(join(config.dataDir, 'plc.lock')))
    const db = openDatabase(join(config.dataDir, 'plc.sqlite'), [plcSql])
    opened.defer(() => db.close())
    const { host, port, publicUrl, settableClock: settable = false } = config
    return await serve({
      name: 'plc',
      host,
      port,
      publicUrl,
      clock,
      log,
      metrics,
      settable,
      setup: (app) => {
        app.use(plcRouter({ operations: createOperations(db, clock), log, metrics }))
        return () => opened.dispose()
      },
    })
  } catch (error) {
    opened.dispose()
    throw error
  }
}
