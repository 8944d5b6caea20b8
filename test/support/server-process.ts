// One of our servers as a process of its own, as an operator runs it: known by its URL, its log lines counted as markers, killed from outside at one of
// them, started again on the same port and folder.

import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export type ServerName = 'plc' | 'pds' | 'relay' | 'appview'

const ROOT = join(import.meta.dirname, '..', '..')

export class ServerProcess {
  readonly server: ServerName
  readonly #environment: Readonly<Record<string, string>>
  #child: ChildProcess | undefined
  #port = '0'
  #seen = new Map<string, number>()
  #wake = Promise.withResolvers<void>()
  url = ''

  private constructor(server: ServerName, environment: Readonly<Record<string, string>>) {
    this.server = server
    this.#environment = environment
  }

  /** Starts on a free port of loopback and tells everything it does. */
  static async start(server: ServerName, environment: Readonly<Record<string, string>>): Promise<ServerProcess> {
    const process = new ServerProcess(server, { HOST: '127.0.0.1', ALLOW_LOOPBACK: '1', LOG_LEVEL: 'debug', ...environment })
    await process.startAgain()
    return process
  }

  async startAgain(): Promise<void> {
    const environment = { ...process.env, ...this.#environment, PORT: this.#port }
    const child = spawn(process.execPath, [join(ROOT, this.server, 'main.ts')], { env: environment, stdio: ['ignore', 'pipe', 'inherit'] })
    this.#child = child
    this.#seen = new Map()
    const started = Promise.withResolvers<void>()
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { event, url } = parseLine(line)
      this.#seen.set(event, (this.#seen.get(event) ?? 0) + 1)
      if (event === 'server.started') {
        this.url = url
        this.#port = new URL(url).port
        started.resolve()
      }
      this.#wake.resolve()
    })
    child.once('exit', () => started.reject(new Error(`the ${this.server} did not start`)))
    await started.promise
  }

  /** Resolves when this life of the server has printed a marker so often. */
  async marked(event: string, times: number): Promise<void> {
    while ((this.#seen.get(event) ?? 0) < times) {
      await this.#wake.promise
      this.#wake = Promise.withResolvers()
    }
  }

  /** SIGSTOP and SIGCONT: it goes on living. */
  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal)
  }

  async stop(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child ?? assert.fail('it runs')
    this.#child = undefined
    const gone = once(child, 'exit')
    child.kill(signal)
    await gone
  }

  get isRunning(): boolean {
    return this.#child !== undefined
  }
}

/** A line that the kill cut off is none. */
const parseLine = (line: string): { event: string; url: string } => {
  try {
    const { event, url } = JSON.parse(line) as Record<string, unknown>
    return { event: String(event), url: String(url) }
  } catch {
    return { event: 'cut off', url: '' }
  }
}
