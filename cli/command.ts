// What a `waki` command is, and the one error that is told to the person instead of thrown as a stack trace.

import type { ParseArgsConfig } from 'node:util'

export type Options = NonNullable<ParseArgsConfig['options']>
export type Arguments = { readonly values: Readonly<Record<string, string | boolean | undefined>>; readonly positionals: readonly string[] }

export type Command = {
  /** What follows `waki` on the line, e.g. `act --as HANDLE --minutes N`. */
  readonly usage: string
  readonly summary: string
  readonly options: Options
  readonly run: (args: Arguments) => Promise<void>
}

/** The person can mend it: printed as one sentence. Exit code 1, or the one that a command documents. */
export class CommandRefused extends Error {
  readonly exitCode: number
  constructor(message: string, exitCode = 1) {
    super(message)
    this.exitCode = exitCode
  }
}

export const text = (args: Arguments, name: string): string | undefined => {
  const value = args.values[name]
  return typeof value === 'string' ? value : undefined
}

export const required = (args: Arguments, name: string, example: string): string => {
  const value = text(args, name)
  if (value === undefined || value === '') throw new CommandRefused(`--${name} is missing, for example: --${name} ${example}`)
  return value
}

export const flag = (args: Arguments, name: string): boolean => args.values[name] === true
