// `waki export`: files to take away, over the same method any program would call: statements of a town, a prefecture or all together as published, or of
// a town one works for, or one's own; journals and trial balances.

import { writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { method } from '../../lexicons/authority.ts'
import { CommandRefused, required, text, type Arguments, type Command } from '../command.ts'
import { ACTING_USAGE, actingOptions, actingSession } from '../network/acting.ts'
import { tokenFor } from '../network/as-person.ts'
import { existingNetwork } from '../network/folder.ts'
import { urlsOf } from '../network/specs.ts'
import { queryFile } from '../xrpc-client.ts'

const KINDS = ['statement', 'journal', 'trial-balance']
const FORMATS = ['csv', 'xlsx', 'pdf', 'json', 'hledger', 'beancount']
const STDOUT = '-'

export const exportCommand: Command = {
  usage: `export [--town CODE|17|network] [--year YYYY|--month YYYY-MM] --format ${FORMATS.join('|')} [--kind ${KINDS.join('|')}] [--version N] [--encoding cp932] [--out FILE|-] [--appview URL] [${ACTING_USAGE}]`,
  summary: 'Take a statement, a journal or a trial balance away as a file. --as: what that account may see; without --town its own.',
  options: {
    ...actingOptions,
    town: { type: 'string' },
    year: { type: 'string' },
    month: { type: 'string' },
    format: { type: 'string' },
    kind: { type: 'string' },
    version: { type: 'string' },
    encoding: { type: 'string' },
    out: { type: 'string' },
    appview: { type: 'string' },
  },
  run: async (args) => {
    const params = paramsOf(args)
    const appview = (text(args, 'appview') ?? urlsOf(existingNetwork(text(args, 'data')).file).appview).replace(/\/$/, '')
    const { name, bytes } = await queryFile(appview, method.getExport, params, await tokenOf(args, appview))
    const out = text(args, 'out') ?? basename(name ?? `waki.${params['format'] ?? 'txt'}`)
    if (out === STDOUT) return void process.stdout.write(bytes)
    writeFileSync(out, bytes)
    process.stdout.write(`${out} (${bytes.length} bytes)\n`)
  },
}

const paramsOf = (args: Arguments): Readonly<Record<string, string>> => {
  const format = required(args, 'format', 'csv')
  const town = text(args, 'town')
  if (town === undefined && text(args, 'as') === undefined)
    throw new CommandRefused('name a town with --town CODE (17: a prefecture; network: all together), or yourself with --as HANDLE')
  const kind = text(args, 'kind') ?? 'statement'
  if (kind === 'statement' && text(args, 'year') === undefined && text(args, 'month') === undefined)
    throw new CommandRefused('a statement is of a year or a month: --year 2026 or --month 2026-05')
  const given = {
    kind,
    format,
    scope: town,
    fiscalYear: text(args, 'year'),
    month: text(args, 'month'),
    version: text(args, 'version'),
    encoding: text(args, 'encoding'),
  }
  return Object.fromEntries(Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
}

/** A service token for this one call; none without --as. */
const tokenOf = async (args: Arguments, appview: string): Promise<string | undefined> =>
  text(args, 'as') === undefined ? undefined : tokenFor(await actingSession(args), appview, method.getExport)
