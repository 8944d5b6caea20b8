// `waki network` as a user runs it: a process of its own with all its servers, in a folder of its own; and the other commands beside it.

import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from './asking.ts'

const WAKI = join(import.meta.dirname, '..', '..', 'cli', 'waki.js')
const START_PATIENCE_MS = 60_000

export type Urls = { readonly plc: string; readonly pds: readonly string[]; readonly relay: string; readonly appview: string }
export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

type Started = { readonly child: ChildProcess; readonly ended: Promise<Ended>; output(): string }

const start = (args: readonly string[], env: Record<string, string> = {}): Started => {
  const child = spawn(process.execPath, [WAKI, ...args], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const ended = once(child, 'close').then(() => ({ code: child.exitCode, stdout, stderr }))
  return { child, ended, output: () => stdout + stderr }
}

/** Runs one command to its end. */
export const waki = async (...args: readonly string[]): Promise<Ended> => start(args).ended

/** Runs one command that must succeed; gives what it printed. */
export const wakiSays = async (...args: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await waki(...args)
  assert.equal(code, 0, `waki ${args.join(' ')}: ${stdout}${stderr}`)
  return stdout
}

/** Runs one command that must be refused; gives its sentence. */
export const wakiRefuses = async (...args: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await waki(...args)
  assert.equal(code, 1, `waki ${args.join(' ')}: ${stdout}${stderr}`)
  assert.match(stderr, /^waki: /)
  assert.doesNotMatch(stderr, /\n\s+at /, 'a sentence, not a stack')
  return stderr
}

export class LocalNetwork {
  readonly dir = mkdtempSync(join(tmpdir(), 'waki-network-'))
  readonly data = join(this.dir, 'data')
  #running: Started | undefined

  /** Starts it and waits until all of it answers. */
  async start(...args: readonly string[]): Promise<Urls> {
    assert.equal(this.#running, undefined)
    const ready = join(this.dir, `ready-${process.hrtime.bigint()}.json`)
    const running = start(['network', '--data', this.data, '--ports', '0', '--ready', ready, ...args])
    this.#running = running
    await eventually(
      async () => (existsSync(ready) ? 'ready' : running.child.exitCode === null ? 'starting' : `ended: ${running.output()}`),
      (state) => state !== 'starting',
      'the network is ready',
      args.includes('--demo') ? 10 * START_PATIENCE_MS : START_PATIENCE_MS,
    )
    assert(existsSync(ready), running.output())
    return parseUrls(JSON.parse(readFileSync(ready, 'utf8')))
  }

  output(): string {
    return this.#running?.output() ?? ''
  }

  /** Ends it with a signal; gives its exit code. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    const running = this.#running ?? assert.fail('it runs')
    this.#running = undefined
    running.child.kill(signal)
    return running.ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#running !== undefined) await this.stop()
    rmSync(this.dir, { recursive: true, force: true })
  }
}

const parseUrls = (value: unknown): Urls => value as Urls
