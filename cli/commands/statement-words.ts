// How what was verified is told, in Japanese and English.

import type { Excuse, Lacking, Source, Verified } from '../../appview/intake.ts'
import type { AuditReport } from '../../server/audit-report.ts'
import { text, type Arguments } from '../command.ts'

export const VERDICTS: Readonly<Record<Verified['verdict'], string>> = {
  same: '一致しました / the same',
  differs: '一致しません / differs',
  lacking: 'このファイルからは作り直せません / cannot be made again from this file',
  absent: '署名された計算書が見つかりません / the signed statement is not there',
  'other-rules': '別の版の規則で作られています / made by other rules than these',
  'no-table': '示された単価表がありません / the rate table it names is not there',
}

/** Nothing differs of what this file holds whole; some of it cannot be made again from it. */
export const EXIT_LACKING = 2

const ENTRY_KINDS: Readonly<Record<Lacking['entries'][number]['kind'], readonly [ja: string, en: string]>> = {
  dispute: ['申し立て', 'disputes'],
  ruling: ['裁定', 'rulings'],
  appeal: ['不服申し立て', 'appeals'],
  'appeal-ruling': ['不服申し立ての決定', 'decisions of appeals'],
  suspension: ['確認の停止', 'suspensions of confirming'],
  'suspension-end': ['確認の停止の解除', 'ends of suspensions'],
  household: ['世帯', 'households'],
  death: ['死亡', 'deaths'],
  import: ['引継ぎの表', 'balances brought in'],
  opening: ['開始残高', 'openings'],
}

/** Whose file it says it is, and so what it has to hold. */
export const holdingText = (source: Source): string =>
  source.of === 'town'
    ? `ファイル / file: ${source.code}の監査担当のもの（${source.code}の記入の中身と、取り消された記録の残りがあるはずのもの） / of ${source.code}’s auditor: holds what entries of ${source.code} stand for and what is left of its withdrawn records`
    : 'ファイル / file: 公開のもの、または運営者のもの / what everybody may have, or an operator’s'

/** A line for each reason, and how many records. */
export const reasonLines = ({ withdrawn, inactive, erased, entries }: Lacking): readonly string[] => {
  const reasons: readonly (readonly [number, string, string])[] = [
    [
      withdrawn,
      '本人が取り消したか直した記録の、もとの内容',
      'records whose authors took them back or changed them: what they said before',
    ],
    [inactive, '停止中・削除されたアカウントの記録', 'records of accounts that are not active'],
    [erased, '消去された方を名指した記録', 'records that named somebody who was erased'],
    ...entries.map(({ town, kind, count }): readonly [number, string, string] => {
      const [ja, en] = ENTRY_KINDS[kind]
      return [count, `${town}の窓口だけが知る中身（${ja}）`, `entries whose content the desk of ${town} alone has (${en})`]
    }),
  ]
  return reasons.filter(([count]) => count > 0).map(([count, ja, en]) => `    ${count}件 ${ja} / ${count} ${en}\n`)
}

/** Why a statement that this file does not make again is nobody's fault, a line for each reason. */
export const tellLacking = (lacking: Lacking): void => {
  process.stdout.write('  この時点までの記録のうち、このファイルにないもの / not in this file, of what was recorded up to then:\n')
  for (const line of reasonLines(lacking)) process.stdout.write(line)
}

/** What is not there, how far that reaches, and what excuses nothing. */
export const tellExcuse = ({ lacking, missing, reach, excuses }: Excuse): void => {
  if (reasonLines(lacking).length > 0) tellLacking(lacking)
  tellReach({ reach, excuses })
  if (reasonLines(missing).length === 0) return
  process.stdout.write('  このファイルにあるはずで、ないもの / what this file has to hold and has not:\n')
  for (const line of reasonLines(missing)) process.stdout.write(line)
}

export const tellReach = ({ reach, excuses }: Pick<Excuse, 'reach' | 'excuses'>): void => {
  if (reach === null) return
  const { acts, minutes, balances } = reach
  const ja = `${acts}件の行為、${minutes}分まで${balances ? '、および残高' : ''}`
  const en = `${acts} acts, ${minutes} minutes at most${balances ? ', and balances' : ''}`
  process.stdout.write(`    それが触れうるのは${ja} / that may touch ${en}\n`)
  if (!excuses) process.stdout.write('    差はそれを超えています / what differs lies beyond that\n')
}

export const tellReport = ({ checked, problems }: AuditReport): void => {
  const counts = Object.entries(checked).map(([what, count]) => `${count} ${what}`)
  process.stdout.write(`確かめたもの / checked: ${counts.join(', ')}\n`)
  for (const { where, what } of problems) process.stdout.write(`  ${where}: ${what}\n`)
}

const BELIEVED: readonly (readonly [counted: string, ja: string, en: string])[] = [
  [
    'accounts said to be gone',
    '件のアカウントの停止・削除は、記録簿と照らしていません',
    'accounts are said to be gone, not held against the log: name it with --relay or --log',
  ],
  [
    'keys that cannot be told',
    '個の鍵は、その時のものか確かめられません（did:webには履歴がありません）',
    'keys cannot be told to be those of their time: did:web keeps no history',
  ],
  ['entries without content', '件の記入は中身がありません', 'entries are here without their content: an auditor’s export has it'],
  [
    'residues',
    '行は、取り消された記録の残りで、記録簿の位置までしか確かめられません',
    'rows are what is left of records that are gone: provable to their leaf only',
  ],
  [
    'rows kept back',
    '行は、取り消された記録などのため中身がありません',
    'rows are kept back, withdrawn by their authors or of accounts that are not active',
  ],
]

/** What was not proven by anything here. */
export const tellBelieved = (args: Arguments, { checked }: AuditReport): void => {
  if ((checked['leaves'] ?? 0) === 0)
    process.stdout.write(
      '受付の時刻は、このファイルが言うままです / times of receipt are those the file says; no log was asked (--relay URL or --log FOLDER)\n',
    )
  if (text(args, 'plc') === undefined)
    process.stdout.write('鍵は、このファイルが名指すものです / keys are those the file names; the directory was not asked (--plc URL)\n')
  for (const [counted, ja, en] of BELIEVED) {
    const count = checked[counted] ?? 0
    if (count > 0) process.stdout.write(`${count}${ja} / ${count} ${en}\n`)
  }
}
