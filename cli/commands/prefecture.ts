// `waki prefecture check`: what the municipalities of a prefecture have signed of a year, held against what an appview makes of the log it follows. Exit code
// 1 where figures differ; 2 where nothing else does, and some cannot be made again without what desks keep to themselves.

import type { Excuse } from '../../appview/intake.ts'
import { method } from '../../lexicons/authority.ts'
import { CommandRefused, required, text, type Arguments, type Command } from '../command.ts'
import { existingNetwork } from '../network/folder.ts'
import { urlsOf } from '../network/specs.ts'
import { query } from '../xrpc-client.ts'
import { EXIT_LACKING, reasonLines, tellReach, VERDICTS as OF_STATEMENTS } from './statement-words.ts'

const VERDICTS = {
  ...OF_STATEMENTS,
  lacking: '確かめられません / not verifiable',
  'other-roster': '数字は一致（別の名簿によるもの） / the same figures, under another roster',
}

type Difference = { readonly line: string; readonly signed: string | null; readonly made: string | null }
type Otherwise = {
  readonly version: number
  readonly entity: string | null
  readonly kind: string
  readonly record: string
  readonly verdict: keyof typeof VERDICTS
  readonly excuse: Excuse | null
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
  const [wrong, lacking] = [codesWith(members, 'differs'), codesWith(members, 'lacking')]
  if (wrong !== '') throw new CommandRefused(`署名された数字が記録と一致しません / signed figures are not those of the records: ${wrong}`)
  if (lacking !== '')
    throw new CommandRefused(
      '窓口だけが知る記入の中身がないため、確かめられません。その市町の監査担当の書き出しで確かめてください（waki statement verify --intake） / ' +
        `not verifiable without what desks alone know; verify from the exports of their auditors (waki statement verify --intake): ${lacking}`,
      EXIT_LACKING,
    )
}

const codesWith = (members: readonly Member[], wanted: Member['verdict']): string =>
  members
    .filter(({ verdict }) => verdict === wanted)
    .map(({ code }) => code)
    .join(', ')

const tell = ({ code, version, verdict, otherwise }: Member): void => {
  const said = version === null ? 'まだ締めていません / not closed yet' : `第${version}版 / version ${version}: ${VERDICTS[verdict]}`
  process.stdout.write(`${code} ${said}\n`)
  for (const one of otherwise) {
    const whose = one.entity ?? (one.kind === 'consolidation' ? '精算表 / worksheet' : '地域全体 / whole area')
    process.stdout.write(`  第${one.version}版 ${whose}: ${VERDICTS[one.verdict]}\n    ${one.record}\n`)
    for (const { line, signed, made } of one.differences)
      process.stdout.write(`    ${line}: 署名 / signed ${signed ?? '–'}, 記録から / from the records ${made ?? '–'}\n`)
    if (one.excuse !== null) tellWhy(one.excuse)
  }
}

const tellWhy = (excuse: Excuse): void => {
  process.stdout.write('    この帳簿に中身がないもの / because these books lack the content of:\n')
  for (const line of reasonLines(excuse.lacking)) process.stdout.write(line)
  tellReach(excuse)
}

export const prefectureCommand: Command = {
  usage: 'prefecture check --scope 17|network --year YYYY [--appview URL] [--data DIR]',
  summary:
    'Hold what municipalities have signed of a year against what an appview makes of the log; name every difference. Exit code 1: figures differ; 2: some cannot be verified.',
  options: { scope: { type: 'string' }, year: { type: 'string' }, appview: { type: 'string' }, data: { type: 'string' } },
  run: async (args) => {
    if (args.positionals[0] !== 'check')
      throw new CommandRefused('say what is to be done: `npx waki prefecture check --scope 17 --year 2026`')
    await check(args)
  },
}
