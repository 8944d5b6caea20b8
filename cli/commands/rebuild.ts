// `waki rebuild`: the books folded anew from intake alone, never from the network: of a stopped network here; or, with --store, by the appview that follows
// into that store, as one of its jobs.

import { AssertionError } from 'node:assert'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { askRebuild, engineOf, rebuildStore, StartError } from '../../appview/rebuild.ts'
import { text, CommandRefused, type Arguments, type Command } from '../command.ts'
import { existingNetwork, rosterFile } from '../network/folder.ts'
import { checkPortsFree, STOP_FIRST } from '../network/ports.ts'
import { progressBar } from '../progress.ts'

const ask = async (args: Arguments, address: string): Promise<void> => {
  const isFile = engineOf(address) === 'sqlite'
  const folder = text(args, 'folder') ?? (isFile ? dirname(address) : undefined)
  if (folder === undefined) throw new CommandRefused('--folder is missing: name the data folder of the appview, in which its keys lie')
  if (isFile && !existsSync(address)) throw new CommandRefused(`there is no store ${address}`)
  try {
    const { town, id } = await askRebuild({ address, folder, book: text(args, 'book') })
    process.stdout.write(`Asked for: job ${id}, at the desk of ${town}. The appview that follows into this store does it, once one runs.\n`)
  } catch (error) {
    if (error instanceof StartError) throw new CommandRefused(error.message)
    throw error
  }
}

export const rebuildCommand: Command = {
  usage: 'rebuild [--data DIR] | rebuild --store FILE|URI [--folder DIR] [--book NAME]',
  summary:
    'Delete journal and balances of a stopped network’s appview and make them again from its intake. With --store: ask the appview that runs on that store to do so, as a job.',
  options: { data: { type: 'string' }, store: { type: 'string' }, folder: { type: 'string' }, book: { type: 'string' } },
  run: async (args) => {
    const address = text(args, 'store')
    if (address !== undefined) return ask(args, address)
    const { dir, file } = existingNetwork(text(args, 'data'))
    await checkPortsFree(file.ports, STOP_FIRST)
    const bar = progressBar('Rebuilding from intake', process.stdout)
    const made = await rebuildStore({
      store: file.store ?? join(dir, 'appview', 'appview.sqlite'),
      folder: join(dir, 'appview'),
      rosterFile: rosterFile(dir),
      onProgress: bar.show,
    }).catch((error: unknown) => {
      if (!(error instanceof AssertionError)) throw error
      throw new CommandRefused(
        `this intake cannot be folded (${error.message}): it is not as it was stored. \`npx waki audit appview\` says where; restore a backup`,
      )
    })
    bar.done()
    process.stdout.write(
      `${made.rows} rows of intake gave ${made.transactions} transactions.\nHash of all statements: ${made.statementsHash}\n`,
    )
  },
}
