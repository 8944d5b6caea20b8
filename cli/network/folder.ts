// The data folder of a local network: which ports it took, which towns it has, which logins it made. One JSON file each, replaced whole.

import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { CommandRefused } from '../command.ts'

export type Ports = { readonly plc: number; readonly pds: readonly number[]; readonly relay: number; readonly appview: number }
export type Town = {
  readonly code: string
  readonly names: { readonly ja: string; readonly en: string }
  readonly did: string
  readonly handle: string
  readonly pds: string
}
export type Login = {
  readonly handle: string
  readonly did: string
  readonly pds: string
  readonly password: string
  readonly what: string
}
export type NetworkFile = {
  readonly version: 1
  readonly ports: Ports
  readonly towns: readonly Town[]
  readonly store: string | null
  /** A network with a settable clock holds demo data for ever; `filling` until its year is written. */
  readonly demo: 'none' | 'filling' | 'done'
}

export const DEFAULT_DATA_DIR = 'data'
const NETWORK_FILE = 'network.json'
const LOGINS_FILE = 'logins.json'
const OWNER_ONLY = 0o600

/** The folder, made if it is not there. Refuses one that cannot be written. */
export const openDataDir = (path: string | undefined): string => {
  const dir = resolve(path ?? DEFAULT_DATA_DIR)
  try {
    makeDirs(join(dir, 'logs'))
    writeFileSync(join(dir, '.writable'), '')
  } catch (error) {
    throw new CommandRefused(
      `the data folder ${dir} cannot be used (${error instanceof Error ? error.message : String(error)}); choose another with --data DIR`,
    )
  }
  return dir
}

// One step at a time: under some folders the recursive form never comes back.
const makeDirs = (dir: string): void => {
  if (existsSync(dir)) return
  makeDirs(dirname(dir))
  mkdirSync(dir)
}

const readJson = <T>(path: string, parse: (value: unknown) => T): T => {
  try {
    return parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (error) {
    throw new CommandRefused(
      `${path} cannot be read (${error instanceof Error ? error.message : String(error)}); restore it, or empty the folder with \`npx waki reset\``,
    )
  }
}

/** Replaces a JSON file whole, readable by its owner only. */
export const writeJson = (path: string, value: unknown): void => {
  const next = `${path}.next`
  writeFileSync(next, `${JSON.stringify(value, null, 2)}\n`, { mode: OWNER_ONLY })
  chmodSync(next, OWNER_ONLY)
  renameSync(next, path)
}

const parseNetwork = (value: unknown): NetworkFile => {
  const file = value as NetworkFile
  if (file.version !== 1) throw new Error('made by another version of waki')
  if (![file.ports.plc, file.ports.relay, file.ports.appview, ...file.ports.pds].every(Number.isInteger))
    throw new Error('a port is not a number')
  return file
}

export const readNetwork = (dir: string): NetworkFile | undefined =>
  existsSync(join(dir, NETWORK_FILE)) ? readJson(join(dir, NETWORK_FILE), parseNetwork) : undefined

export const writeNetwork = (dir: string, file: NetworkFile): void => writeJson(join(dir, NETWORK_FILE), file)

/** The network of a folder that must have one. */
export const existingNetwork = (path: string | undefined): { dir: string; file: NetworkFile } => {
  const dir = resolve(path ?? DEFAULT_DATA_DIR)
  const file = readNetwork(dir)
  if (file === undefined)
    throw new CommandRefused(`there is no network in ${dir}; start one with \`npm start\`, or name its folder with --data DIR`)
  return { dir, file }
}

export const readLogins = (dir: string): readonly Login[] =>
  existsSync(join(dir, LOGINS_FILE)) ? readJson(join(dir, LOGINS_FILE), (value) => value as readonly Login[]) : []

export const addLogins = (dir: string, logins: readonly Login[]): void => writeJson(join(dir, LOGINS_FILE), [...readLogins(dir), ...logins])

/** Whose account is no more. */
export const dropLogin = (dir: string, did: string): void =>
  writeJson(
    join(dir, LOGINS_FILE),
    readLogins(dir).filter((login) => login.did !== did),
  )

export const rosterFile = (dir: string): string => join(dir, 'roster.json')
export const publishFile = (dir: string): string => join(dir, 'publish.json')
