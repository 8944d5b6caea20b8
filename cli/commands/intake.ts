// `waki intake`: the intake of a stopped appview into a file, and an appview's store out of one, every row checked against its proof.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { exportIntakeTo, importIntakeInto, InvalidIntakeFile, NothingToExport } from '../../appview/intake.ts'
import { CommandRefused, flag, required, text, type Arguments, type Command } from '../command.ts'
import { existingNetwork } from '../network/folder.ts'
import { checkPortsFree, STOP_FIRST } from '../network/ports.ts'
import { progressBar } from '../progress.ts'
import { tellReport } from './statement.ts'

/** The store that --store names, or that of the local network's appview, which must be stopped. */
const storeOf = async (args: Arguments): Promise<string> => {
  const store = text(args, 'store')
  if (store !== undefined) return store
  const { dir, file } = existingNetwork(text(args, 'data'))
  await checkPortsFree(file.ports, STOP_FIRST)
  return file.store ?? join(dir, 'appview', 'appview.sqlite')
}

const exportTo = async (args: Arguments): Promise<void> => {
  const out = required(args, 'out', 'intake.jsonl.gz')
  const store = await storeOf(args)
  if (!existsSync(store))
    throw new CommandRefused(`there is no store ${store}; name an appview’s with --store FILE, or its network with --data DIR`)
  const isPrivate = flag(args, 'with-private')
  const bar = progressBar('Exporting intake', process.stdout)
  try {
    await exportIntakeTo(store, out, { isPrivate, onProgress: bar.show })
  } catch (error) {
    if (error instanceof NothingToExport) throw new CommandRefused(error.message)
    throw error
  }
  bar.done()
  const contents = isPrivate
    ? 'It holds what entries stand for: for the auditor and the desk alone.'
    : 'What entries stand for is not in it.'
  process.stdout.write(`${out} is written. ${contents}\n`)
}

const importFrom = async (args: Arguments): Promise<void> => {
  const file = required(args, 'in', 'intake.jsonl.gz')
  if (!existsSync(file)) throw new CommandRefused(`there is no file ${file}`)
  const store = await storeOf(args)
  if (existsSync(store)) throw new CommandRefused(`${store} is there already; an import makes a new store: move it away first`)
  try {
    const report = await importIntakeInto(store, file)
    tellReport(report)
    if (report.problems.length > 0) throw new CommandRefused(`${report.problems.length} problems; nothing was imported`)
  } catch (error) {
    if (error instanceof InvalidIntakeFile) throw new CommandRefused(`${file}: ${error.message}`)
    throw error
  }
  process.stdout.write(`${store} is made; an appview started on it follows the log from there.\n`)
}

export const intakeCommand: Command = {
  usage: 'intake export --out FILE[.gz] [--with-private] | import --in FILE [--store FILE] [--data DIR]',
  summary: 'What a stopped appview has taken in, with the proof of each row, into a file; or a new appview’s store out of one.',
  options: {
    out: { type: 'string' },
    in: { type: 'string' },
    store: { type: 'string' },
    data: { type: 'string' },
    'with-private': { type: 'boolean' },
  },
  run: async (args) => {
    if (args.positionals[0] === 'export') return exportTo(args)
    if (args.positionals[0] === 'import') return importFrom(args)
    throw new CommandRefused('say `waki intake export` or `waki intake import`')
  },
}
