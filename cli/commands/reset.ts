// `waki reset`: an empty data folder, for a new beginning.

import { resolve } from 'node:path'
import { text, type Command } from '../command.ts'
import { DEFAULT_DATA_DIR } from '../network/folder.ts'
import { resetNetwork } from '../network/reset.ts'

export const resetCommand: Command = {
  usage: 'reset [--data DIR]',
  summary: 'Empty the data folder of a stopped local network.',
  options: { data: { type: 'string' } },
  run: async (args) => {
    const dir = resolve(text(args, 'data') ?? DEFAULT_DATA_DIR)
    const { removed, left } = await resetNetwork(dir)
    if (removed.length === 0) return void process.stdout.write(`${dir} is empty already.\n`)
    process.stdout.write(`Removed from ${dir}: ${removed.join(', ')}.\n`)
    if (left.length > 0) process.stdout.write(`Left alone, not of this network: ${left.join(', ')}.\n`)
  },
}
