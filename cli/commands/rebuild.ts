// `waki rebuild`: the books folded anew from intake alone, never from the network.

import { AssertionError } from 'node:assert'
import { join } from 'node:path'
import { rebuildStore } from '../../appview/rebuild.ts'
import { text, CommandRefused, type Command } from '../command.ts'
import { existingNetwork, rosterFile } from '../network/folder.ts'
import { checkPortsFree, STOP_FIRST } from '../network/ports.ts'
import { progressBar } from '../progress.ts'

export const rebuildCommand: Command = {
  usage: 'rebuild [--data DIR]',
  summary: 'Delete journal and balances of a stopped network’s appview and make them again from its intake.',
  options: { data: { type: 'string' } },
  run: async (args) => {
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
