// `waki statement verify`: the statements towns have signed, made again from an exported intake alone, on any machine.

import { existsSync } from 'node:fs'
import { InvalidIntakeFile, verifyIntakeFile } from '../../appview/intake.ts'
import type { Verified, Wanted } from '../../appview/intake.ts'
import type { AuditReport } from '../../server/audit-report.ts'
import { CommandRefused, required, text, type Arguments, type Command } from '../command.ts'

const VERDICTS: Readonly<Record<Verified['verdict'], string>> = {
  same: '一致しました / the same',
  differs: '一致しません / differs',
  absent: '署名された計算書が見つかりません / the signed statement is not there',
  'other-rules': '別の版の規則で作られています / made by other rules than these',
  'no-table': '示された単価表がありません / the rate table it names is not there',
}

export const tellReport = ({ checked, problems }: AuditReport): void => {
  const counts = Object.entries(checked).map(([what, count]) => `${count} ${what}`)
  process.stdout.write(`確かめたもの / checked: ${counts.join(', ')}\n`)
  for (const { where, what } of problems) process.stdout.write(`  ${where}: ${what}\n`)
}

const tellStatement = ({ scope, fiscalYear, version, entity, kind, record, knownAt, hash, verdict, difference }: Verified): void => {
  const whose = entity ?? (kind === 'consolidation' ? '精算表 / worksheet' : '地域全体 / whole area')
  process.stdout.write(
    `${scope} ${fiscalYear}年度 第${version}版 ${whose}: ${VERDICTS[verdict]}\n` +
      `  ${record}\n  known at leaf ${knownAt.leaf}, ${knownAt.instant}\n  hash ${hash}\n` +
      (difference === null ? '' : `  ${difference}\n`),
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
  return {
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
    const { head, report, verified } = await verifyIntakeFile(file, wantedOf(args), car)
    const towns = head.roster.map(({ code, did }) => `${code} ${did}`).join(', ')
    process.stdout.write(`記録簿 / log: ${head.origin.name}, leaf ${head.read.leaf}\n名簿 / roster: ${towns}\n`)
    tellReport(report)
    if (report.problems.length > 0)
      throw new CommandRefused(`受付記録に${report.problems.length}件の問題があります / ${report.problems.length} problems in this intake`)
    process.stdout.write('鍵は、このファイルが名指すものです / keys are those the file names; the directory was not asked\n')
    for (const one of verified) tellStatement(one)
    const untold = report.checked['entries without content'] ?? 0
    if (untold > 0 && verified.some(({ verdict }) => verdict === 'differs'))
      process.stdout.write(
        `中身のない記入が${untold}件あります。それによる数字は、監査担当の書き出しだけで確かめられます / ` +
          `${untold} entries are here without their content; figures that rest on them are verified from an auditor’s export\n`,
      )
    const same = verified.filter(({ verdict }) => verdict === 'same').length
    process.stdout.write(`${verified.length}件のうち${same}件が一致 / ${same} of ${verified.length} the same\n`)
    if (verified.length === 0) throw new CommandRefused('この条件の署名された計算書はありません / no signed statement of that kind is here')
    if (same < verified.length)
      throw new CommandRefused(`${verified.length - same}件を確かめられません / ${verified.length - same} not verified`)
  } catch (error) {
    if (error instanceof InvalidIntakeFile) throw new CommandRefused(`${file}: ${error.message}`)
    throw error
  }
}

export const statementCommand: Command = {
  usage: 'statement verify --intake FILE [--car FILE] [--town CODE] [--year YYYY] [--version N] [--record at://…]',
  summary: 'Check an exported intake, make the statements its towns have signed again, and compare. Needs neither network nor appview.',
  options: {
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
