// `waki rebuild`: the books folded anew from intake alone, never from the network: of a stopped network here; or, with --store, by the appview that follows
// into that store, as one of its jobs.

import { AssertionError } from 'node:assert'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { askRebuild, engineOf, rebuildStore, rosterOfEnvironment, StartError } from '../../appview/rebuild.ts'
import type { Asked, Rebuilt } from '../../appview/rebuild.ts'
import type { StoreAddress } from '../../appview/store/open-store.ts'
import { text, CommandRefused, type Arguments, type Command } from '../command.ts'
import { existingNetwork, rosterFile } from '../network/folder.ts'
import { checkPortsFree, STOP_FIRST } from '../network/ports.ts'
import { progressBar } from '../progress.ts'
import { STORE_OPTIONS, STORE_USAGE, storeNamed } from './store-named.ts'

/** ROSTER_FILE of the settings belongs to the store that these name. */
const ask = async (where: StoreAddress, args: Arguments): Promise<void> => {
  if (engineOf(where.address) === 'sqlite' && !existsSync(where.address)) throw new CommandRefused(`there is no store ${where.address}`)
  const { ttlMs, rosterFile: ofSettings } = rosterOfEnvironment()
  const roster = text(args, 'roster') ?? (text(args, 'store') === undefined ? ofSettings : undefined)
  const bar = progressBar('Rebuilding from intake', process.stdout)
  let hasChanged = false
  try {
    const made = await askRebuild({
      where,
      rosterFile: roster,
      ttlMs,
      onProgress: bar.show,
      onChange: (changes) => {
        hasChanged = true
        process.stdout.write(`${roster} is another roster: ${changes}.\n`)
      },
    })
    if ('id' in made) return void process.stdout.write(askedText(made, hasChanged))
    bar.done()
    process.stdout.write(rebuiltText(made))
  } catch (error) {
    if (error instanceof StartError) throw new CommandRefused(error.message)
    throw error
  }
}

const askedText = ({ id, town }: Asked, hasChanged: boolean): string =>
  `Asked for: job ${id}, at the desk of ${town}. The appview that follows into this store does it, once one runs${hasChanged ? ', where its own ROSTER_FILE says the same: change that file for every ingest process' : ''}.\n`

const rebuiltText = ({ rows, transactions, statementsHash }: Rebuilt): string =>
  `${rows} rows of intake gave ${transactions} transactions.\nHash of all statements: ${statementsHash}\n`

export const rebuildCommand: Command = {
  usage: `rebuild [--data DIR] | rebuild ${STORE_USAGE} [--roster FILE]`,
  summary:
    'Delete journal and balances of a stopped network’s appview and make them again from its intake. With --store, or where an appview’s settings name one: ask the appview that runs on that store to do so, as a job; with a roster file (--roster, or ROSTER_FILE of those settings) that lists other municipalities: under that one, at once where no appview follows.',
  options: { data: { type: 'string' }, roster: { type: 'string' }, ...STORE_OPTIONS },
  run: async (args) => {
    const named = storeNamed(args)
    if (named !== null) return ask(named, args)
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
    process.stdout.write(rebuiltText(made))
  },
}
