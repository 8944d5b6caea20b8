// `waki store copy`: the books of an appview into another store, also from SQLite to MongoDB and back: moved, while it is stopped, or copied into another
// folder as a backup, while it runs. `waki store drop`: one of several books out of a MongoDB. `waki store begin`: the replica set for one, and its users.
// `waki store sign-out`: everybody, where the secret is lost.

import { copyStore, dropUnused, signOutAll, StartError } from '../../appview/copy-store.ts'
import { beginSet } from '../../appview/store/mongo-begin.ts'
import { engineOf } from '../../appview/store/open-store.ts'
import { CommandRefused, required, text, type Arguments, type Command } from '../command.ts'
import { progressBar } from '../progress.ts'
import { addressOf, folderBeside, lineOf } from './store-named.ts'

const copy = async (args: Arguments): Promise<void> => {
  const [from, to] = [
    addressIn(args, 'from', 'data/appview/appview.sqlite'),
    addressIn(args, 'to', 'mongodb://localhost/waki?replicaSet=rs0'),
  ]
  const folder = folderBeside(args, [from, to])
  const [toFolder, book] = [text(args, 'to-folder') ?? folder, text(args, 'book')]
  const toBook = text(args, 'to-book') ?? book
  const bars = { rows: progressBar('Copying intake', process.stdout), folded: progressBar('Folding the copy', process.stdout) }
  const { rows, transactions, statementsHash, leaf } = await copyStore(
    { address: from, folder, book, secretFile: text(args, 'secret-file') },
    { address: to, folder: toFolder, book: toBook },
    (what, done, total) => bars[what].show(done, total),
  )
  bars.folded.done()
  process.stdout.write(
    `${rows} rows of intake up to leaf ${leaf} and ${transactions} transactions are the same in both.\nHash of all statements: ${statementsHash}\n`,
  )
  process.stdout.write(
    toFolder === folder
      ? `${folder} belongs to the copy from here on: start its appview with --store or STORE naming it. The source is unchanged.\n`
      : `The copy stands by itself, with its keys in ${toFolder}: DATA_DIR=${toFolder} and STORE naming the copy start an appview on it.\n`,
  )
}

const drop = async (args: Arguments): Promise<void> => {
  const [store, book] = [addressIn(args, 'store', 'mongodb://localhost/waki?replicaSet=rs0'), required(args, 'book', 'main')]
  if (engineOf(store) === 'sqlite')
    throw new CommandRefused('a book is dropped out of a MongoDB; a store on SQLite is a file, which is deleted')
  if (text(args, 'yes') !== book)
    throw new CommandRefused(`this takes the book ${book} out of the database, and nothing brings it back: say --yes ${book}`)
  const gone = await dropUnused(store, book)
  if (gone === 0) throw new CommandRefused(`there is no book ${book} in that database: nothing was taken out`)
  process.stdout.write(`${gone} documents of ${book} are gone.\n`)
}

const begin = async (args: Arguments): Promise<void> => {
  const [uri, adminPassword] = [lineOf(required(args, 'store-file', 'FILE')), lineOf(required(args, 'admin-file', 'FILE'))]
  const { name, added, user } = await beginSet({ uri, at: text(args, 'at') ?? 'localhost:27017', adminPassword })
  process.stdout.write(
    `The replica set ${name} stands${added.length === 0 ? '' : `, now with ${added.join(', ')}`}; its user ${user} may use the books.\n`,
  )
}

const signOut = async (args: Arguments): Promise<void> => {
  const [address, book] = [addressIn(args, 'store', 'data/appview/appview.sqlite'), text(args, 'book')]
  if (text(args, 'yes') !== 'sign-out')
    throw new CommandRefused('this signs everybody out, on every appview of these books: say --yes sign-out')
  const folder = folderBeside(args, [address])
  process.stdout.write(`${await signOutAll({ address, folder, book })} values of sign-in are gone: everybody is signed out.\n`)
}

const addressIn = (args: Arguments, name: string, example: string): string => addressOf(required(args, name, example))

export const storeCommand: Command = {
  usage:
    'store copy --from FILE|URI|@FILE --to FILE|URI|@FILE [--folder DIR] [--to-folder DIR] [--secret-file FILE] [--book NAME] [--to-book NAME] | drop --store URI|@FILE --book NAME --yes NAME | sign-out --store FILE|URI|@FILE [--folder DIR] [--book NAME] --yes sign-out | begin --store-file FILE --admin-file FILE [--at HOST:PORT]',
  summary:
    'The books of an appview into an empty store, also between SQLite and MongoDB, compared to the byte; with --to-folder while it runs. drop: one of several books out of a MongoDB. sign-out: everybody, for when the secret or the keys of sign-in are lost. begin: the replica set that an address names, and its users, from the machine of its first node.',
  options: {
    from: { type: 'string' },
    to: { type: 'string' },
    folder: { type: 'string' },
    'to-folder': { type: 'string' },
    'secret-file': { type: 'string' },
    book: { type: 'string' },
    'to-book': { type: 'string' },
    store: { type: 'string' },
    'store-file': { type: 'string' },
    'admin-file': { type: 'string' },
    at: { type: 'string' },
    yes: { type: 'string' },
  },
  run: async (args) => {
    const run = { copy, drop, begin, 'sign-out': signOut }[args.positionals[0] ?? '']
    if (run === undefined) throw new CommandRefused('say what is to be done: `npx waki store copy --from FILE|URI --to FILE|URI`')
    try {
      await run(args)
    } catch (error) {
      if (error instanceof StartError) throw new CommandRefused(error.message)
      throw error
    }
  },
}
