// Jobs in words: what they do, how they stand, how far they are.

import type { JobView } from '../../../../jobs/job-view.ts'
import { fieldsOf } from '../../../../journal/fields.ts'
import type { JobKind, JobState } from '../../../../store/jobs.ts'
import { say, type Lang, type Words } from '../../lang.ts'
import type { Html } from '../../markup.ts'
import { fiscalYearText, monthText } from '../../parts/date.ts'
import { numText } from '../../parts/figure.ts'
import { chip } from '../../parts/icon.ts'

const KINDS: Readonly<Record<JobKind, Words>> = {
  close: { ja: '年度の締め切り', en: 'Close of a year' },
  restate: { ja: '訂正版（修正再表示）', en: 'Restatement' },
  auditSample: { ja: '監査の抜き取り', en: 'Audit sample' },
  rebuild: { ja: '帳簿の作り直し', en: 'Rebuild of the books' },
  export: { ja: '書き出し', en: 'Export' },
}

const STATES: Readonly<Record<JobState, { readonly kind: 'ok' | 'wait' | 'bad' | 'plain'; readonly words: Words }>> = {
  waiting: { kind: 'wait', words: { ja: '待っています', en: 'Waiting' } },
  running: { kind: 'wait', words: { ja: '進んでいます', en: 'Under way' } },
  done: { kind: 'ok', words: { ja: '終わりました', en: 'Done' } },
  failed: { kind: 'bad', words: { ja: 'できませんでした', en: 'Failed' } },
  cancelled: { kind: 'plain', words: { ja: '取り消しました', en: 'Taken back' } },
}

const UNITS: Readonly<Record<string, Words>> = {
  rows: { ja: '行', en: 'rows' },
  days: { ja: '日', en: 'days' },
  files: { ja: '工程', en: 'steps' },
}

export const stateChip = (lang: Lang, { state }: Pick<JobView, 'state'>): Html => chip(STATES[state].kind, say(lang, STATES[state].words))

/** 年度の締め切り 令和8年度, Export: intake. */
export const jobName = (lang: Lang, { kind, ask }: Pick<JobView, 'kind' | 'ask'>): string => {
  const subject = subjectText(lang, kind, fieldsOf(ask) ?? {})
  return `${say(lang, KINDS[kind])}${subject === '' ? '' : say(lang, { ja: `：${subject}`, en: `: ${subject}` })}`
}

const subjectText = (lang: Lang, kind: JobKind, ask: NonNullable<ReturnType<typeof fieldsOf>>): string => {
  const { fiscalYear, month, what, format } = ask
  const year = typeof fiscalYear === 'number' ? fiscalYearText(lang, fiscalYear) : ''
  if (kind === 'auditSample') return typeof month === 'string' ? monthText(lang, month) : ''
  if (kind !== 'export') return year
  if (what === 'intake') return say(lang, { ja: '受付記録', en: 'intake' })
  const form = typeof format === 'string' ? format.toUpperCase() : ''
  return say(lang, { ja: `${year}の決算書一式（${form}）`, en: `statements of ${year} (${form})` })
}

/** Empty where nothing is to be told. */
export const progressText = (lang: Lang, { progress }: Pick<JobView, 'progress'>): string => {
  const { done, total, what } = progress
  if (total === 0) return ''
  const unit = UNITS[what] ?? { ja: '', en: '' }
  return say(lang, {
    ja: `${numText(total)}${unit.ja}のうち${numText(done)}${unit.ja}`,
    en: `${numText(done)} of ${numText(total)} ${unit.en}`,
  })
}
