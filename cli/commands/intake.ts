// `waki intake`: the intake of an appview into a file, from its stopped store or from where it answers; and an appview's store out of one, every row
// checked against its proof.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { exportIntakeTo, importIntakeInto, InvalidIntakeFile, NothingToExport } from '../../appview/intake.ts'
import { CommandRefused, flag, required, text, type Arguments, type Command } from '../command.ts'
import { method } from '../../lexicons/authority.ts'
import { actingOptions, actingSession } from '../network/acting.ts'
import { tokenFor } from '../network/as-person.ts'
import { fetchPackedFile } from '../network/fetch-file.ts'
import { existingNetwork } from '../network/folder.ts'
import { checkPortsFree, STOP_FIRST } from '../network/ports.ts'
import { progressBar } from '../progress.ts'
import { BESIDE_USAGE, besideOptions, withBeside } from './intake-beside.ts'
import { tellBelieved, tellReport } from './statement-words.ts'

/** The store that --store names, or that of the local network's appview, which must be stopped. */
const storeOf = async (args: Arguments): Promise<string> => {
  const store = text(args, 'store')
  if (store !== undefined) return store
  const { dir, file } = existingNetwork(text(args, 'data'))
  await checkPortsFree(file.ports, STOP_FIRST)
  return file.store ?? join(dir, 'appview', 'appview.sqlite')
}

/** Where the key of a store on MongoDB lies: the data folder of the network's appview. */
const keyFolder = (args: Arguments): string => join(existingNetwork(text(args, 'data')).dir, 'appview')

/** From an appview that answers: what anybody may have, or what a desk may. */
const fetchFrom = async (args: Arguments, from: string, out: string): Promise<void> => {
  const [town, by] = [text(args, 'town'), text(args, 'as')]
  if ((town === undefined) !== (by === undefined))
    throw new CommandRefused('a desk’s intake needs both: --town CODE and --as HANDLE; without them comes what anybody may have')
  const appview = from.replace(/\/$/, '')
  const token = by === undefined ? null : await tokenOf(args, by, appview)
  await fetchPackedFile(`${appview}/xrpc/${method.exportIntake}${town === undefined ? '' : `?town=${town}`}`, token, out)
  const contents =
    town === undefined
      ? 'It holds what its authors show.'
      : `It holds what entries of ${town} stand for: for its auditors and its desk alone.`
  process.stdout.write(`${out} is written. ${contents}\n`)
}

const tokenOf = async (args: Arguments, by: string, appview: string): Promise<string> =>
  tokenFor(await actingSession(args, by), appview, method.exportIntake)

const exportTo = async (args: Arguments): Promise<void> => {
  const out = required(args, 'out', 'intake.jsonl.gz')
  const from = text(args, 'from')
  if (from !== undefined) return fetchFrom(args, from, out)
  const store = await storeOf(args)
  const isFile = !/^mongodb(?:\+srv)?:/.test(store)
  if (isFile && !existsSync(store))
    throw new CommandRefused(`there is no store ${store}; name an appview’s with --store FILE, or its network with --data DIR`)
  const isPrivate = flag(args, 'with-private')
  const bar = progressBar('Exporting intake', process.stdout)
  try {
    await exportIntakeTo(store, out, { isPrivate, onProgress: bar.show, ...(isFile ? {} : { folder: keyFolder(args) }) })
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

/** That of the local network, which lies beside the store. */
const relayFolderOf = (args: Arguments): string | undefined =>
  text(args, 'store') === undefined ? join(existingNetwork(text(args, 'data')).dir, 'relay') : undefined

const importFrom = async (args: Arguments): Promise<void> => {
  const file = required(args, 'in', 'intake.jsonl.gz')
  if (!existsSync(file)) throw new CommandRefused(`there is no file ${file}`)
  const store = await storeOf(args)
  if (existsSync(store)) throw new CommandRefused(`${store} is there already; an import makes a new store: move it away first`)
  try {
    const report = await withBeside(args, (beside) => importIntakeInto(store, file, beside), relayFolderOf(args))
    tellReport(report)
    tellBelieved(args, report)
    if (report.problems.length > 0) throw new CommandRefused(`${report.problems.length} problems; nothing was imported`)
  } catch (error) {
    if (error instanceof InvalidIntakeFile) throw new CommandRefused(`${file}: ${error.message}`)
    throw error
  }
  process.stdout.write(`${store} is made; an appview started on it follows the log from there.\n`)
}

export const intakeCommand: Command = {
  usage: `intake export --out FILE[.gz] [--with-private | --from URL [--town CODE --as HANDLE]] | import --in FILE [--store FILE] [--data DIR] ${BESIDE_USAGE}`,
  summary: 'What an appview has taken in, with the proof of each row, into a file; or a new appview’s store out of one.',
  options: {
    ...actingOptions,
    ...besideOptions,
    from: { type: 'string' },
    town: { type: 'string' },
    out: { type: 'string' },
    in: { type: 'string' },
    store: { type: 'string' },
    'with-private': { type: 'boolean' },
  },
  run: async (args) => {
    if (args.positionals[0] === 'export') return exportTo(args)
    if (args.positionals[0] === 'import') return importFrom(args)
    throw new CommandRefused('say `waki intake export` or `waki intake import`')
  },
}
