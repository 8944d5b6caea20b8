// Runs a load generator as a process on the load's core and reads the JSON lines it prints.

import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { pinned, projectRoot } from './child.ts'
import { LOAD_CORE } from './mode.ts'

/** What bench/load/README.md says of each line; what a generator leaves out is undefined. */
export type LoadLine = {
  readonly test: string
  readonly conc?: number
  readonly repos?: number
  readonly ops?: number
  readonly subs?: number
  readonly size?: number
  readonly perSec?: number
  readonly recordsPerSec?: number
  readonly framesPerSec?: number
  readonly p50?: number
  readonly p99?: number
  readonly errors?: number
  readonly firstErr?: string
  readonly srvCpuPct?: number
  readonly rssMB?: number
  readonly wKBperOp?: number
  readonly lag?: { readonly p50: number; readonly p99: number } | null
  readonly fillRecPerSec?: number | null
}

const TIMEOUT_MS = 180_000

const parseLine = (text: string): LoadLine => JSON.parse(text) as LoadLine

/** `script` under bench/. Throws what the generator wrote when it fails. */
export const runLoad = async (script: string, options: Readonly<Record<string, string | number>>): Promise<LoadLine[]> => {
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)])
  const [program, args] = pinned(LOAD_CORE, '--no-warnings', `bench/${script}`, ...flags)
  const child = spawn(program, args, { cwd: projectRoot, stdio: ['ignore', 'pipe', 'pipe'], timeout: TIMEOUT_MS, killSignal: 'SIGKILL' })
  const lines: LoadLine[] = []
  const errors: string[] = []
  createInterface(child.stdout).on('line', (line) => lines.push(parseLine(line)))
  child.stderr.setEncoding('utf8').on('data', (text: string) => errors.push(text))
  const code = await new Promise((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`${script} failed: ${errors.join('')}`)
  const failed = lines.find((line) => (line.errors ?? 0) > 0)
  if (failed !== undefined) throw new Error(`${script}: ${failed.errors} errors, the first: ${failed.firstErr}`)
  return lines
}
