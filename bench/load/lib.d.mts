// Types of what our own generators use of lib.mjs.

export type Options = {
  url: string
  accounts: string
  secs: number
  reps: number
  warm: number
  pid?: number
  list(name: string): number[]
  [name: string]: unknown
}
export type Account = { handle: string; password: string; did: string; accessJwt: string }
export type Answer = { status: number; body: Buffer; headers: string }
export type Request = { token?: string; json?: unknown; raw?: Buffer; type?: string; params?: Record<string, string> }
export class Conn {
  constructor(url: string)
  connect(): Promise<Conn>
  request(method: string, path: string, options?: Request): Promise<Answer>
  xrpc(method: string, nsid: string, options?: Request): Promise<Answer>
  json(method: string, nsid: string, options?: Request): Promise<unknown>
  close(): void
}
export class WsCounter {
  frames: number
  bytes: number
  constructor(url: string, onFrame?: (frame: Buffer) => void)
  connect(): Promise<WsCounter>
  close(): void
}
export type Loop = {
  perSec: number
  n: number
  p50: number
  p90: number
  p99: number
  max: number
  errors: number
  firstErr?: string
  srvCpuPct: number | null
  rssMB?: number
  wKBperOp: number | null
}
export function args(defaults?: Record<string, unknown>): Options
export function loadAccounts(options: Options): Account[]
export function sessions(options: Options, accounts: Account[]): Promise<Account[]>
export function closedLoop(options: {
  url: string
  conc: number
  secs: number
  warm?: number
  pid?: number | undefined
  max?: number
  task: (connection: Conn, place: number) => Promise<unknown>
}): Promise<Loop>
export function median(values: readonly (number | null)[]): number
export function now(): number
export function tid(): string
export function post(length?: number): object
