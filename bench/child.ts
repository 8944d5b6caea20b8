// A server under measurement: a process of its own, pinned to a core where the machine allows, ready when it says so, stopped at the end whatever happens.

import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CORES, SERVER_CORE } from './mode.ts'

export const projectRoot = join(dirname(fileURLToPath(import.meta.url)), '..')
const START_TIMEOUT_MS = 60_000
const STOP_TIMEOUT_MS = 10_000
const canPin = CORES > 1 && spawnSync('taskset', ['-c', '0', 'true']).status === 0

export type Server = {
  readonly url: string
  readonly pid: number
  /** Milliseconds from the start of the process to its first answer. */
  readonly startedMs: number
  /** Holds the process still, so that it takes nothing from the one that is measured. */
  pause(): void
  resume(): void
  stop(): Promise<void>
}

export type ServerSpec = {
  /** Path from the project's root, then arguments. */
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** The server's address, when this line of its output says that it is ready. */
  readonly urlIn: (line: string) => string | undefined
  readonly core?: number
  readonly nodeOptions?: readonly string[]
}

/** The command that runs Node pinned to a core. */
export const pinned = (core: number, ...rest: readonly string[]): readonly [string, readonly string[]] =>
  canPin ? ['taskset', ['-c', String(core), process.execPath, ...rest]] : [process.execPath, rest]

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

/** Starts and waits until it is ready. `WAKI_BENCH_PROFILE=DIR` keeps a CPU profile of each server there. */
export const startServer = async ({ command, env, urlIn, core = SERVER_CORE, nodeOptions = [] }: ServerSpec): Promise<Server> => {
  const profileDir = process.env['WAKI_BENCH_PROFILE']
  const profiling = profileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`]
  const [program, args] = pinned(core, '--no-warnings', ...profiling, ...nodeOptions, ...command)
  const begun = performance.now()
  const child = spawn(program, args, { cwd: projectRoot, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  running.add(child)
  const errors: string[] = []
  child.stderr.setEncoding('utf8').on('data', (text: string) => errors.length < 50 && errors.push(text))
  const url = await new Promise<string>((resolve, reject) => {
    const fail = (): void => reject(new Error(`${command.join(' ')} did not start: ${errors.join('')}`))
    const timer = setTimeout(fail, START_TIMEOUT_MS)
    child.once('exit', fail)
    createInterface(child.stdout).on('line', (line) => {
      const found = urlIn(line)
      if (found === undefined) return
      clearTimeout(timer)
      resolve(found)
    })
  })
  const startedMs = performance.now() - begun
  return {
    url,
    pid: child.pid ?? 0,
    startedMs,
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    stop: () => stop(child),
  }
}

const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGCONT')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
  await gone
  clearTimeout(timer)
  running.delete(child)
}
