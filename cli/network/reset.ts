// Empties a network's data folder, and only what a network put there.

import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { CommandRefused } from '../command.ts'
import { readNetwork } from './folder.ts'
import { checkPortsFree, STOP_FIRST } from './ports.ts'

const OURS = ['network.json', 'logins.json', 'roster.json', 'publish.json', 'plc', 'pds1', 'pds2', 'relay', 'appview', 'logs', '.writable']

/** Refuses while the network runs and where the folder holds no network. Answers with the names that were removed and those left alone. */
export const resetNetwork = async (dir: string): Promise<{ removed: readonly string[]; left: readonly string[] }> => {
  const file = readNetwork(dir)
  if (file === undefined) {
    if (existsSync(dir) && readdirSync(dir).some((name) => OURS.includes(name) && name !== '.writable' && name !== 'logs'))
      throw new CommandRefused(`${dir} has no network.json, so nothing in it is removed; look at it and remove it by hand`)
    return { removed: [], left: [] }
  }
  await checkPortsFree(file.ports, STOP_FIRST)
  const removed = OURS.filter((name) => existsSync(join(dir, name)))
  for (const name of removed) rmSync(join(dir, name), { recursive: true, force: true })
  return { removed, left: readdirSync(dir) }
}
