// One JSON line per event on stdout, named `noun.verb` in the past, facts as fields. No records, tokens or people's addresses belong here.

import { pino, stdSerializers } from 'pino'

export type Facts = Readonly<Record<string, unknown>>

export interface Log {
  debug(event: string, facts?: Facts): void
  info(event: string, facts?: Facts): void
  warn(event: string, facts?: Facts): void
  error(event: string, facts?: Facts): void
  /** A log whose every line also carries these facts. */
  with(facts: Facts): Log
}

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** Lines are written synchronously, so that the last one before a crash is there. `facts.error` is written with its stack. */
export const createLog = (server: string, level: LogLevel = 'info'): Log =>
  wrap(
    pino({
      level,
      base: { server, pid: process.pid },
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: stdSerializers.err },
    }),
  )

export const silentLog: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, with: () => silentLog }

type Sink = Pick<ReturnType<typeof pino>, 'debug' | 'info' | 'warn' | 'error' | 'child'>

const wrap = (sink: Sink): Log => ({
  debug: (event, facts) => sink.debug({ event, ...facts }),
  info: (event, facts) => sink.info({ event, ...facts }),
  warn: (event, facts) => sink.warn({ event, ...facts }),
  error: (event, facts) => sink.error({ event, ...facts }),
  with: (facts) => wrap(sink.child(facts)),
})
