// `waki rebuild`: the books folded anew from intake alone, never from the network: of a stopped network here; or, with --store, by the appview that follows
// into that store, as one of its jobs.

import { AssertionError } from 'node:assert'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { askRebuild, engineOf, rebuildStore, StartError } from '../../appview/rebuild.ts'
import type { StoreAddress } from '../../appview/store/open-store.ts'
import { text, CommandRefused, type Command } from '../command.ts'
import { existingNetwork, rosterFile } from '../network/folder.ts'
import { checkPortsFree, STOP_FIRST } from '../network/ports.ts'
import { progressBar } from '../progress.ts'
import { STORE_OPTIONS, STORE_USAGE, storeNamed } from './store-named.ts'

const ask = async (where: StoreAddress): Promise<void> => {
  if (engineOf(where.address) === 'sqlite' && !existsSync(where.address)) throw new CommandRefused(`there is no store ${where.address}`)
  try {
    const { town, id } = await askRebuild(where)
    process.stdout.write(`Asked for: job ${id}, at the desk of ${town}. The appview that follows into this store does it, once one runs.\n`)
  } catch (error) {
    if (error instanceof StartError) throw new CommandRefused(error.message)
    throw error
  }
}

export const rebuildCommand: Command = {
  usage: `rebuild [--data DIR] | rebuild ${STORE_USAGE}`,
  summary:
    'Delete journal and balances of a stopped network’s appview and make them again from its intake. With --store, or where an appview’s settings name one: ask the appview that runs on that store to do so, as a job.',
  options: { data: { type: 'string' }, ...STORE_OPTIONS },
  run: async (args) => {
    const named = storeNamed(args)
    if (named !== null) return ask(named)
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
