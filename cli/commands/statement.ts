// `waki statement verify`: the statements towns have signed, made again from an exported intake alone, on any machine. Exit code 0 where all are the same;
// 2 where some rest on what the file lacks, and nothing else differs; 1 where something differs, is not there, or the file is not to be believed.

import { statSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { InvalidCarFile, InvalidIntakeFile, differenceText, sourceOf, verifyIntakeFile } from '../../appview/intake.ts'
import type { Source, Verification, Verified, Wanted } from '../../appview/intake.ts'
import { CommandRefused, required, text, type Arguments, type Command } from '../command.ts'
import { BESIDE_USAGE, besideOptions, withBeside } from './intake-beside.ts'
import { tellGroup } from './statement-group.ts'
import { EXIT_LACKING, holdingText, tellBelieved, tellExcuse, tellReport, VERDICTS } from './statement-words.ts'

const MOST_LINES_LACKING = 5

const tellStatement = ({ scope, fiscalYear, version, entity, kind, record, knownAt, hash, verdict, differences }: Verified): void => {
  const whose = entity ?? (kind === 'consolidation' ? '精算表 / worksheet' : '地域全体 / whole area')
  process.stdout.write(
    `${scope} ${fiscalYear}年度 第${version}版 ${whose}: ${VERDICTS[verdict]}\n` +
      `  ${record}\n  known at leaf ${knownAt.leaf}, ${knownAt.instant}\n  hash ${hash}\n` +
      linesOf(verdict, differences),
  )
}

/** Of what cannot be made again the lines that differ say little: the first ones. */
const linesOf = (verdict: Verified['verdict'], differences: Verified['differences']): string => {
  const shown = verdict === 'lacking' ? differences.slice(0, MOST_LINES_LACKING) : differences
  const more = differences.length - shown.length
  return [...shown.map(differenceText), ...(more > 0 ? [`… ほか${more}行以上 / and ${more} lines or more`] : [])]
    .map((line) => `  ${line}\n`)
    .join('')
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
  for (const one of [file, ...(car === undefined ? [] : [car])])
    if (statSync(one, { throwIfNoEntry: false })?.isFile() !== true) throw new CommandRefused(`there is no file ${one}`)
  try {
    const verification = await withBeside(args, (beside) => verifyIntakeFile(file, wantedOf(args), car, beside))
    const { head, report, group } = verification
    const towns = head.roster.map(({ code, did }) => `${code} ${did}`).join(', ')
    process.stdout.write(
      `記録簿 / log: ${head.origin.name}, leaf ${head.read.leaf}\n名簿 / roster: ${towns}\n${holdingText(sourceOf(head))}\n`,
    )
    tellReport(report)
    if (report.problems.length > 0)
      throw new CommandRefused(`受付記録に${report.problems.length}件の問題があります / ${report.problems.length} problems in this intake`)
    tellBelieved(args, report)
    if (wantedOf(args).group === undefined) tellVerified(verification)
    else tellGroup(group, text(args, 'hash'))
  } catch (error) {
    if (error instanceof InvalidIntakeFile) throw new CommandRefused(`${file}: ${error.message}`)
    if (error instanceof InvalidCarFile) throw new CommandRefused(`${car ?? ''}: ${error.message}`)
    throw error
  }
}

const tellVerified = ({ verified, head }: Verification): void => {
  let told: Verified['excuse'] = null
  for (const one of verified) {
    tellStatement(one)
    if (one.excuse === null) continue
    if (isDeepStrictEqual(one.excuse, told)) process.stdout.write('  理由は上と同じです / for the reasons above\n')
    else tellExcuse(one.excuse)
    told = one.excuse
  }
  const of = (wanted: Verified['verdict']): number => verified.filter(({ verdict }) => verdict === wanted).length
  const [same, lacking] = [of('same'), of('lacking')]
  process.stdout.write(`${verified.length}件のうち${same}件が一致 / ${same} of ${verified.length} the same\n`)
  if (verified.length === 0) throw new CommandRefused('この条件の署名された計算書はありません / no signed statement of that kind is here')
  const wrong = verified.length - same - lacking
  if (wrong > 0) throw new CommandRefused(`${wrong}件を確かめられません / ${wrong} not verified`)
  if (lacking > 0) throw new CommandRefused(`${lacking}${whyLacking(sourceOf(head), lacking)}`, EXIT_LACKING)
}

const whyLacking = (source: Source, count: number): string =>
  source.of === 'town'
    ? `件は、ほかの市町の窓口だけが知る記入にもよりうるため、${source.code}のファイルからは確かめられません。その市町の監査担当に確かめてもらってください / ` +
      `${count} may rest on what other municipalities’ desks alone know, and cannot be made again from the file of ${source.code}; ask their auditors`
    : '件は、公開されていない記録にもよるため、このファイルからは作り直せません。監査担当の書き出し（waki intake export --town）で確かめてください / ' +
      `${count} rest on records that are not public, too, and cannot be made again from this file; verify them from an auditor’s export (waki intake export --town)`

export const statementCommand: Command = {
  usage: `statement verify --intake FILE [--car FILE] [--town CODE] [--year YYYY] [--version N] [--record at://…] [--group 17|network --year YYYY [--hash HEX]] ${BESIDE_USAGE}`,
  summary:
    'Check an exported intake, make the statements its towns have signed again, and compare. Needs neither network nor appview. Exit code 0: all the same; 2: some rest on what the file lacks; 1: something differs.',
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
