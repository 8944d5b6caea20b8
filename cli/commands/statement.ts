// `waki statement verify`: the statements towns have signed, made again from an exported intake alone, on any machine.

import { existsSync } from 'node:fs'
import { InvalidIntakeFile, verifyIntakeFile } from '../../appview/intake.ts'
import type { Verification, Verified, Wanted } from '../../appview/intake.ts'
import { CommandRefused, required, text, type Arguments, type Command } from '../command.ts'
import { BESIDE_USAGE, besideOptions, withBeside } from './intake-beside.ts'
import { tellGroup } from './statement-group.ts'
import { tellBelieved, tellReport, VERDICTS } from './statement-words.ts'

const tellStatement = ({ scope, fiscalYear, version, entity, kind, record, knownAt, hash, verdict, differences }: Verified): void => {
  const whose = entity ?? (kind === 'consolidation' ? '精算表 / worksheet' : '地域全体 / whole area')
  process.stdout.write(
    `${scope} ${fiscalYear}年度 第${version}版 ${whose}: ${VERDICTS[verdict]}\n` +
      `  ${record}\n  known at leaf ${knownAt.leaf}, ${knownAt.instant}\n  hash ${hash}\n` +
      differences.map((line) => `  ${line}\n`).join(''),
  )
}

const wantedOf = (args: Arguments): Wanted => {
  const number = (name: string): number | undefined => {
    const value = text(args, name)
    if (value === undefined) return undefined
    if (!/^\d+$/.test(value)) throw new CommandRefused(`--${name} ${value} is no number`)
    return Number(value)
  }
  const [town, record, fiscalYear, version] = [text(args, 'town'), text(args, 'record'), number('year'), number('version')]
  const group = text(args, 'group')
  if (group !== undefined && !/^(?:\d{2}|network)$/.test(group))
    throw new CommandRefused(`--group ${group} is neither a prefecture’s two digits nor network`)
  if (group !== undefined && fiscalYear === undefined) throw new CommandRefused('a consolidation is of a year: --year 2026')
  return {
    ...(group === undefined ? {} : { group }),
    ...(town === undefined ? {} : { town }),
    ...(record === undefined ? {} : { record }),
    ...(fiscalYear === undefined ? {} : { fiscalYear }),
    ...(version === undefined ? {} : { version }),
  }
}

const verify = async (args: Arguments): Promise<void> => {
  const file = required(args, 'intake', 'intake.jsonl.gz')
  const car = text(args, 'car')
  for (const one of [file, ...(car === undefined ? [] : [car])]) if (!existsSync(one)) throw new CommandRefused(`there is no file ${one}`)
  try {
    const verification = await withBeside(args, (beside) => verifyIntakeFile(file, wantedOf(args), car, beside))
    const { head, report, group } = verification
    const towns = head.roster.map(({ code, did }) => `${code} ${did}`).join(', ')
    process.stdout.write(`記録簿 / log: ${head.origin.name}, leaf ${head.read.leaf}\n名簿 / roster: ${towns}\n`)
    tellReport(report)
    if (report.problems.length > 0)
      throw new CommandRefused(`受付記録に${report.problems.length}件の問題があります / ${report.problems.length} problems in this intake`)
    tellBelieved(args, report)
    if (wantedOf(args).group === undefined) tellVerified(verification)
    else tellGroup(group, text(args, 'hash'))
  } catch (error) {
    if (error instanceof InvalidIntakeFile) throw new CommandRefused(`${file}: ${error.message}`)
    throw error
  }
}

const tellVerified = ({ report: { checked }, verified }: Verification): void => {
  for (const one of verified) tellStatement(one)
  const untold = (checked['entries without content'] ?? 0) + (checked['rows kept back'] ?? 0)
  const same = verified.filter(({ verdict }) => verdict === 'same').length
  if (untold > 0 && verified.some(({ verdict }) => verdict === 'differs'))
    process.stdout.write(
      '上の違う行は、中身のない記入や行によるかもしれません。監査担当の書き出しで確かめてください / ' +
        'the lines that differ may rest on what is not in this file; verify them from an auditor’s export\n',
    )
  process.stdout.write(`${verified.length}件のうち${same}件が一致 / ${same} of ${verified.length} the same\n`)
  if (verified.length === 0) throw new CommandRefused('この条件の署名された計算書はありません / no signed statement of that kind is here')
  if (same < verified.length)
    throw new CommandRefused(`${verified.length - same}件を確かめられません / ${verified.length - same} not verified`)
}

export const statementCommand: Command = {
  usage: `statement verify --intake FILE [--car FILE] [--town CODE] [--year YYYY] [--version N] [--record at://…] [--group 17|network --year YYYY [--hash HEX]] ${BESIDE_USAGE}`,
  summary: 'Check an exported intake, make the statements its towns have signed again, and compare. Needs neither network nor appview.',
  options: {
    ...besideOptions,
    group: { type: 'string' },
    hash: { type: 'string' },
    intake: { type: 'string' },
    car: { type: 'string' },
    town: { type: 'string' },
    year: { type: 'string' },
    version: { type: 'string' },
    record: { type: 'string' },
  },
  run: async (args) => {
    if (args.positionals[0] !== 'verify') throw new CommandRefused('say `waki statement verify`')
    await verify(args)
  },
}
