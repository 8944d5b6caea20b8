// The smallest main program: settings, one server, signals; and on request one that cannot go on after its start.

import { systemClock } from '../../../server/clock.ts'
import { integer, readSettings } from '../../../server/env.ts'
import { createLog } from '../../../server/log.ts'
import { createMetrics } from '../../../server/metrics.ts'
import { runMain } from '../../../server/run-main.ts'
import { serve } from '../../../server/serve.ts'
import { StartError } from '../../../server/start-error.ts'

await runMain(async () => {
  const { port } = readSettings({ port: integer('PORT', 'a port', 0, { min: 0, max: 65_535 }) }, process.env)
  const running = await serve({
    name: 'small',
    host: '127.0.0.1',
    port,
    clock: systemClock(),
    log: createLog('small'),
    metrics: createMetrics('small'),
    settable: false,
    setup: () => {},
  })
  const { FAILS } = process.env
  return FAILS === undefined ? running : { ...running, failed: Promise.reject(new StartError(FAILS)) }
})
