// `waki store copy`: the books of a stopped appview into another store, also from SQLite to MongoDB and back.

import { dirname } from 'node:path'
import { copyStore, StartError } from '../../appview/copy-store.ts'
import { CommandRefused, required, text, type Arguments, type Command } from '../command.ts'
import { progressBar } from '../progress.ts'

const isFile = (address: string): boolean => !/^mongodb(?:\+srv)?:\/\//.test(address)

/** Where keys lie beside the store: the appview's data folder. */
const folderOf = (args: Arguments, from: string, to: string): string => {
  const file = [from, to].find(isFile)
  const folder = text(args, 'folder') ?? (file === undefined ? undefined : dirname(file))
  if (folder === undefined) throw new CommandRefused('--folder is missing: name the data folder of the appview, in which its keys lie')
  return folder
}

const run = async (args: Arguments): Promise<void> => {
  if (args.positionals[0] !== 'copy')
    throw new CommandRefused('say what is to be done: `npx waki store copy --from FILE|URI --to FILE|URI`')
  const [from, to] = [
    required(args, 'from', 'data/appview/appview.sqlite'),
    required(args, 'to', 'mongodb://localhost/waki?replicaSet=rs0'),
  ]
  const [folder, book] = [folderOf(args, from, to), text(args, 'book')]
  const bars = { rows: progressBar('Copying intake', process.stdout), folded: progressBar('Folding the copy', process.stdout) }
  try {
    const { rows, transactions, statementsHash } = await copyStore(
      { address: from, folder, book },
      { address: to, folder, book },
      (what, done, total) => bars[what].show(done, total),
    )
    bars.folded.done()
    process.stdout.write(
      `${rows} rows of intake and ${transactions} transactions are the same in both.\nHash of all statements: ${statementsHash}\n`,
    )
    process.stdout.write(
      `${folder} belongs to the copy from here on: start its appview with --store or STORE naming it. The source is unchanged.\n`,
    )
  } catch (error) {
    if (error instanceof StartError) throw new CommandRefused(error.message)
    throw error
  }
}

export const storeCommand: Command = {
  usage: 'store copy --from FILE|URI --to FILE|URI [--folder DIR] [--book NAME]',
  summary: 'The books of a stopped appview into an empty store, also between SQLite and MongoDB; compared to the byte.',
  options: { from: { type: 'string' }, to: { type: 'string' }, folder: { type: 'string' }, book: { type: 'string' } },
  run,
}
