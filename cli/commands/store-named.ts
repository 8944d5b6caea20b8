// Which appview's store a command works on where it is not that of a local network: the one --store names, or that of the settings an appview in service has
// (DATA_DIR, STORE or STORE_FILE, STORE_BOOK), so that a command typed in its environment finds what it works on.

import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { engineOf, storeOfEnvironment } from '../../appview/rebuild.ts'
import type { StoreAddress } from '../../appview/store/open-store.ts'
import { text, CommandRefused, type Arguments } from '../command.ts'

export const STORE_USAGE = '--store FILE|URI|@FILE [--folder DIR] [--book NAME]'
export const STORE_OPTIONS = { store: { type: 'string' }, folder: { type: 'string' }, book: { type: 'string' } } as const

/** Null: the local network's. `--data` names such a one whatever the settings say. */
export const storeNamed = (args: Arguments): StoreAddress | null => {
  const named = text(args, 'store')
  if (named === undefined) return text(args, 'data') === undefined ? storeOfEnvironment() : null
  const address = addressOf(named)
  return { address, folder: folderBeside(args, [address]), book: text(args, 'book') }
}

/** An address, or after @ the file that holds it: a password belongs in no list of processes. */
export const addressOf = (named: string): string => (named.startsWith('@') ? lineOf(named.slice(1)) : named)

/** What a file holds, in one line. */
export const lineOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    throw new CommandRefused(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Where keys lie beside a store: the appview's data folder, which is that of a file. */
export const folderBeside = (args: Arguments, addresses: readonly string[]): string => {
  const file = addresses.find((address) => engineOf(address) === 'sqlite')
  const folder = text(args, 'folder') ?? (file === undefined ? undefined : dirname(file))
  if (folder === undefined) throw new CommandRefused('--folder is missing: name the data folder of the appview, in which its keys lie')
  return folder
}
