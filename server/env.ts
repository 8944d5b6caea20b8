// Settings from the environment: each has a name, a sentence and a safe default. All mistakes are reported at once; a secret may stand in a file
// named by NAME_FILE. Values of secrets never enter messages.

import { readFileSync } from 'node:fs'
import { StartError } from './start-error.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** `parse` gets the text (undefined when not set) and throws an Error whose message completes "NAME …". */
export type Setting<T> = { readonly name: string; readonly about: string; readonly isSecret: boolean; parse(text: string | undefined): T }
export type Settings<S> = { readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never }

/** Reads every setting of the specification. Throws one StartError that lists all mistakes. */
export const readSettings = <S extends Readonly<Record<string, Setting<unknown>>>>(
  specification: S,
  environment: Environment,
): Settings<S> => {
  const mistakes: string[] = []
  const found: Record<string, unknown> = {}
  for (const [key, setting] of Object.entries(specification)) {
    try {
      found[key] = setting.parse(textOf(setting, environment))
    } catch (error) {
      mistakes.push(`${setting.name} ${error instanceof Error ? error.message : String(error)} (${setting.about})`)
    }
  }
  if (mistakes.length > 0) throw new StartError(`The settings cannot be used: ${mistakes.join('; ')}`)
  return parseSettings<S>(Object.freeze(found))
}

// Every key of S was parsed by its own setting just above.
const parseSettings = <S>(found: unknown): Settings<S> => found as Settings<S>

const textOf = (setting: Setting<unknown>, environment: Environment): string | undefined => {
  const direct = environment[setting.name]
  if (direct !== undefined && direct !== '') return direct
  const file = setting.isSecret ? environment[`${setting.name}_FILE`] : undefined
  if (file === undefined || file === '') return undefined
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    throw new Error(`cannot be read from the file ${file} named by ${setting.name}_FILE`)
  }
}

const setting = <T>(name: string, about: string, parse: (text: string | undefined) => T, isSecret = false): Setting<T> => ({
  name,
  about,
  isSecret,
  parse,
})

const required = (): never => {
  throw new Error('is missing')
}

export const text = (name: string, about: string, fallback?: string): Setting<string> =>
  setting(name, about, (given) => given ?? fallback ?? required())

export const optionalText = (name: string, about: string): Setting<string | undefined> => setting(name, about, (given) => given)

export const secret = (name: string, about: string): Setting<string | undefined> => setting(name, about, (given) => given, true)

/** 1, true, yes, on or 0, false, no, off. */
export const flag = (name: string, about: string, fallback: boolean): Setting<boolean> =>
  setting(name, about, (given) => {
    if (given === undefined) return fallback
    if (/^(1|true|yes|on)$/i.test(given)) return true
    if (/^(0|false|no|off)$/i.test(given)) return false
    throw new Error(`is "${given}" but must be 1 or 0`)
  })

export const integer = (name: string, about: string, fallback: number, range: { min: number; max: number }): Setting<number> =>
  setting(name, about, (given) => {
    if (given === undefined) return fallback
    const value = /^-?\d{1,15}$/.test(given) ? Number(given) : Number.NaN
    if (value >= range.min && value <= range.max) return value
    throw new Error(`is "${given}" but must be a whole number from ${range.min} to ${range.max}`)
  })

export const oneOf = <T extends string>(name: string, about: string, allowed: readonly T[], fallback: T): Setting<T> =>
  setting(name, about, (given) => {
    if (given === undefined) return fallback
    const found = allowed.find((one) => one === given)
    if (found !== undefined) return found
    throw new Error(`is "${given}" but must be one of ${allowed.join(', ')}`)
  })

const parseUrl = (given: string): string => {
  const url = URL.canParse(given) ? new URL(given) : undefined
  if (url && /^https?:$/.test(url.protocol) && url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '')
    return url.origin
  throw new Error(`is "${given}" but must be an address like https://example.jp, without a path`)
}

/** An http(s) origin, without a slash at its end. */
export const url = (name: string, about: string): Setting<string | undefined> =>
  setting(name, about, (given) => (given === undefined ? undefined : parseUrl(given)))

export const requiredUrl = (name: string, about: string): Setting<string> => setting(name, about, (given) => parseUrl(given ?? required()))

const items = (given: string | undefined): string[] =>
  (given ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

/** Separated by commas; empty when not set. `parse` throws an Error whose message completes "NAME …". */
export function list(name: string, about: string): Setting<readonly string[]>
export function list<T>(name: string, about: string, parse: (given: readonly string[]) => T): Setting<T>
export function list(name: string, about: string, parse: (given: readonly string[]) => unknown = (given) => given): Setting<unknown> {
  return setting(name, about, (given) => parse(items(given)))
}

export const urlList = (name: string, about: string): Setting<readonly string[]> =>
  setting(name, about, (given) => items(given).map(parseUrl))

/** JSON, handed to a parse function that throws what is wrong with it. */
export const json = <T>(name: string, about: string, fallback: T, parse: (value: unknown) => T): Setting<T> =>
  setting(name, about, (given) => {
    if (given === undefined) return fallback
    let value: unknown
    try {
      value = JSON.parse(given)
    } catch {
      throw new Error('is not JSON')
    }
    return parse(value)
  })
