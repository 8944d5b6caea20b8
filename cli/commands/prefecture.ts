// `waki prefecture check`: what the municipalities of a prefecture have signed of a year, held against what an appview makes of the log it follows.

import { method } from '../../lexicons/authority.ts'
import { CommandRefused, required, text, type Arguments, type Command } from '../command.ts'
import { existingNetwork } from '../network/folder.ts'
import { urlsOf } from '../network/specs.ts'
import { query } from '../xrpc-client.ts'
import { VERDICTS as OF_STATEMENTS } from './statement-words.ts'

const VERDICTS = { ...OF_STATEMENTS, 'other-roster': '数字は一致（別の名簿によるもの） / the same figures, under another roster' }

type Difference = { readonly line: string; readonly signed: string | null; readonly made: string | null }
type Otherwise = {
  readonly version: number
  readonly entity: string | null
  readonly kind: string
  readonly record: string
  readonly verdict: keyof typeof VERDICTS
  readonly differences: readonly Difference[]
}
type Member = {
  readonly code: string
  readonly version: number | null
  readonly verdict: keyof typeof VERDICTS
  readonly otherwise: readonly Otherwise[]
}

const parseMembers = (answer: { readonly members?: unknown }): readonly Member[] => (answer.members ?? []) as readonly Member[]

const check = async (args: Arguments): Promise<void> => {
  const [scope, fiscalYear] = [required(args, 'scope', '17'), required(args, 'year', '2026')]
  if (!/^(?:\d{2}|network)$/.test(scope)) throw new CommandRefused(`--scope ${scope} is neither a prefecture’s two digits nor network`)
  const appview = (text(args, 'appview') ?? urlsOf(existingNetwork(text(args, 'data')).file).appview).replace(/\/$/, '')
  const members = parseMembers(await query(appview, method.checkConsolidation, { scope, fiscalYear }))
  for (const member of members) tell(member)
  const wrong = members.filter(({ verdict }) => verdict === 'differs').map(({ code }) => code)
  if (wrong.length > 0)
    throw new CommandRefused(`署名された数字が記録と一致しません / signed figures are not those of the records: ${wrong.join(', ')}`)
}

const tell = ({ code, version, verdict, otherwise }: Member): void => {
  const said = version === null ? 'まだ締めていません / not closed yet' : `第${version}版 / version ${version}: ${VERDICTS[verdict]}`
  process.stdout.write(`${code} ${said}\n`)
  for (const one of otherwise) {
    const whose = one.entity ?? (one.kind === 'consolidation' ? '精算表 / worksheet' : '地域全体 / whole area')
    process.stdout.write(`  第${one.version}版 ${whose}: ${VERDICTS[one.verdict]}\n    ${one.record}\n`)
    for (const { line, signed, made } of one.differences)
      process.stdout.write(`    ${line}: 署名 / signed ${signed ?? '–'}, 記録から / from the records ${made ?? '–'}\n`)
  }
}

export const prefectureCommand: Command = {
  usage: 'prefecture check --scope 17|network --year YYYY [--appview URL] [--data DIR]',
  summary: 'Hold what municipalities have signed of a year against what an appview makes of the log; name every difference.',
  options: { scope: { type: 'string' }, year: { type: 'string' }, appview: { type: 'string' }, data: { type: 'string' } },
  run: async (args) => {
    if (args.positionals[0] !== 'check')
      throw new CommandRefused('say what is to be done: `npx waki prefecture check --scope 17 --year 2026`')
    await check(args)
  },
}
