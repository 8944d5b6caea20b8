// A prefecture's consolidation, or that of all municipalities, told: what each municipality has signed, and whether it adds up to it.

import type { VerifiedGroup } from '../../appview/intake.ts'
import { CommandRefused } from '../command.ts'
import { EXIT_LACKING, tellLacking, VERDICTS } from './statement-words.ts'

/** Throws CommandRefused where something does not add up, or the hash is another than the one given. */
export const tellGroup = (group: VerifiedGroup | null, hash: string | undefined): void => {
  if (group === null) throw new CommandRefused('その範囲の市町はこの名簿にありません / no municipality of that group is in this roster')
  const { scope, fiscalYear, members, lines, lacking } = group
  process.stdout.write(`${scope} ${fiscalYear}年度 連結 / consolidation\n  hash ${group.hash}\n`)
  for (const { code, version, verdict } of members)
    process.stdout.write(`  ${code} ${version === null ? '' : `第${version}版 / version ${version}: `}${VERDICTS[verdict]}\n`)
  for (const { unit, line, made, signed } of lines)
    process.stdout.write(
      `  ${unit} ${line}: ${made}, ${signed === null ? '署名された合計なし / not told by what is signed' : `signed ${signed}`}\n`,
    )
  const wrong = lines.filter(({ made, signed }) => signed !== null && signed !== made).length
  const differing = members.filter(({ verdict }) => verdict === 'differs').length
  if (lacking !== null) tellLacking(lacking)
  if (lacking !== null && differing === 0) {
    throw new CommandRefused(
      'この連結は、公開されていない記録にもよるため、このファイルからは確かめられません / it rests on records that this file lacks',
      EXIT_LACKING,
    )
  }
  if (hash !== undefined && hash !== group.hash) throw new CommandRefused(`ハッシュが一致しません / the hash is another one: ${group.hash}`)
  if (wrong + differing > 0)
    throw new CommandRefused(`${wrong}行、${differing}市町が一致しません / ${wrong} lines, ${differing} municipalities differ`)
}
