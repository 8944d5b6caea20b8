// How what was verified is told, in Japanese and English.

import type { Verified } from '../../appview/intake.ts'
import type { AuditReport } from '../../server/audit-report.ts'

export const VERDICTS: Readonly<Record<Verified['verdict'], string>> = {
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
