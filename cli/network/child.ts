// One server of the local network as a process of its own: started, waited for, started again if it dies (in a demo at the civil time of the
// others), stopped in order.

import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CommandRefused } from '../command.ts'
import { systemClock } from '../../server/clock.ts'
import { runClock, type CivilTime } from './clocks.ts'

const START_TIMEOUT_MS = 30_000
const STOP_TIMEOUT_MS = 10_000
const POLL_MS = 50
const RESTART_MIN_MS = 500
const RESTART_MAX_MS = 30_000
const TAIL_CHARACTERS = 2_000

const projectRoot = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

export type ServerName = 'plc' | 'pds' | 'relay' | 'appview'
export type ChildSpec = {
  readonly name: string
  readonly server: ServerName
  readonly url: string
  readonly env: Readonly<Record<string, string>>
  readonly logFile: string
}
export type Child = {
  readonly name: string
  readonly url: string
  pid(): number | undefined
  signal(signal: NodeJS.Signals): void
  stop(): Promise<void>
}

const answers = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(`${url}/xrpc/_health`, { signal: AbortSignal.timeout(1_000) })).ok
  } catch {
    return false
  }
}

const spawnServer = (spec: ChildSpec, more: Readonly<Record<string, string>> = {}): ChildProcess => {
  const log = openSync(spec.logFile, 'a', 0o600)
  const child = spawn(process.execPath, [join(projectRoot, spec.server, 'main.ts')], {
    cwd: projectRoot,
    env: { ...process.env, ...spec.env, ...more },
    // The fourth channel ends when the parent does, however it dies; the server then closes by itself.
    stdio: ['ignore', log, log, 'ipc'],
    // A group of its own: Ctrl-C in a terminal reaches the supervisor alone, which then stops the servers in their order.
    detached: true,
  })
  closeSync(log)
  return child
}

const whyItDied = (spec: ChildSpec): string => {
  const tail = readFileSync(spec.logFile, 'utf8').slice(-TAIL_CHARACTERS).trim()
  return `${spec.name} did not start; the end of ${spec.logFile}:\n${tail}`
}

/**
 * Starts a server and waits until it answers. Refuses with the end of its log when it does not. `civilTime`: that of the others, where clocks are
 * settable; what is started again begins there.
 */
export const startChild = async (spec: ChildSpec, say: (line: string) => void, civilTime?: () => Promise<CivilTime>): Promise<Child> => {
  const clock = systemClock()
  let stopping = false
  let restartMs = RESTART_MIN_MS
  let current = spawnServer(spec)

  const watch = (child: ChildProcess): void => {
    child.once('exit', (code, signal) => {
      if (stopping) return
      say(`${spec.name} stopped by itself (${signal ?? code}); starting it again in ${restartMs / 1000} s. Its log: ${spec.logFile}`)
      void clock.sleep(restartMs).then(startAgain)
    })
  }

  const startAgain = async (): Promise<void> => {
    const civil = await civilTime?.().catch(() => undefined)
    if (stopping) return
    restartMs = Math.min(restartMs * 2, RESTART_MAX_MS)
    current = spawnServer(spec, civil === undefined ? {} : { SETTABLE_CLOCK_START: civil.now })
    watch(current)
    if (civil?.running !== true) return
    const child = current
    while (child.exitCode === null && child.signalCode === null) {
      if (await answers(spec.url)) return runClock(spec.url).catch((error: unknown) => say(String(error)))
      await clock.sleep(POLL_MS)
    }
  }

  const deadline = clock.monotonicMs() + START_TIMEOUT_MS
  while (!(await answers(spec.url))) {
    if (current.exitCode !== null || current.signalCode !== null || clock.monotonicMs() > deadline) {
      current.kill('SIGKILL')
      throw new CommandRefused(whyItDied(spec))
    }
    await clock.sleep(POLL_MS)
  }
  watch(current)

  const stop = async (): Promise<void> => {
    stopping = true
    const child = current
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    child.kill('SIGTERM')
    const timer = new AbortController()
    const late = clock.sleep(STOP_TIMEOUT_MS, timer.signal).then(
      () => child.kill('SIGKILL'),
      () => false,
    )
    await gone
    timer.abort()
    await late
  }
  return { name: spec.name, url: spec.url, pid: () => current.pid, signal: (signal) => void current.kill(signal), stop }
}
