// What every server's main.ts does: start, say so in one line, stop cleanly on SIGINT or SIGTERM, and leave with a clear sentence when it cannot start.

import type { Log } from './log.ts'
import type { Running } from './serve.ts'
import { StartError } from './start-error.ts'

/** Runs until a signal. Exits 0 after a clean stop, 1 with one sentence on stderr for a StartError, 1 with a stack for anything else;
 *  the same for what a running server fails of later. */
export const runMain = async (start: () => Promise<Running>, log?: Log): Promise<void> => {
  // A signal that comes while the server is still starting stops it as soon as it has started.
  const asked = Promise.withResolvers<void>()
  const ask = () => asked.resolve()
  process.once('SIGINT', ask)
  process.once('SIGTERM', ask)
  // A supervisor that started us with an IPC channel and died leaves nobody to stop us.
  if (process.channel) process.once('disconnect', ask)
  try {
    const running = await start()
    await Promise.race([asked.promise, ...(running.failed === undefined ? [] : [running.failed])])
    await running.close()
    process.exit(0)
  } catch (error) {
    leave(error, log)
  }
}

const leave = (error: unknown, log: Log | undefined): never => {
  log?.error('server.failed', { error })
  const known = error instanceof StartError
  process.stderr.write(`${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`)
  process.exit(1)
}
