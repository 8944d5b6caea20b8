// All long work of a desk: what can be asked for, what waits, what has ended.

import type { JobView } from '../../../../jobs/job-view.ts'
import { EXPORT_FORMATS } from '../../../../jobs/job-ask.ts'
import { mayDo } from '../../../../desk/permissions.ts'
import type { Reason } from '../../../../desk/outcome.ts'
import { href, say, type Lang, type Words } from '../../lang.ts'
import { html, type Content, type Html } from '../../markup.ts'
import { block, fold } from '../../parts/block.ts'
import { fiscalYearText, instantText } from '../../parts/date.ts'
import type { AtDesk } from '../door.ts'
import { hookFold, type HookForm } from '../../notices/hook-form.ts'
import { choice, hidden, input, type Form } from '../fields.ts'
import { deskPage } from '../frame.ts'
import { jobName, progressText, stateChip } from './job-words.ts'

export type JobsView = {
  readonly jobs: readonly JobView[]
  readonly older: string | null
  /** Years whose statements can be taken away, the newest first. */
  readonly years: readonly number[]
  readonly month: string
  /** An administrator, and these are the books of one municipality. */
  readonly mayRebuild: boolean
  /** For administrators. */
  readonly hook: HookForm | null
  readonly done: Words | null
  readonly reasons: readonly Reason[]
}

const FIELDS: Readonly<Record<string, string>> = {
  'job.month-invalid': 'month',
  'job.export-unknown': 'format',
  'close.year-invalid': 'year',
}
const fieldOf = (code: string): string | undefined => FIELDS[code]

const start = (lang: Lang, at: AtDesk, kind: string, button: Words, body: Content): Html =>
  html`<form class="form" method="post" action="${href(lang, at.path('/jobs'))}">
    ${hidden('kind', kind)}${body}
    <p class="row"><button class="btn line">${say(lang, button)}</button></p>
  </form>`

const forms = (lang: Lang, at: AtDesk, view: JobsView): Content => {
  const form: Form = { lang, reasons: view.reasons, fieldOf }
  const formats = EXPORT_FORMATS.map((value) => ({ value, words: { ja: value.toUpperCase(), en: value.toUpperCase() } }))
  const years = view.years.map((year) => ({
    value: String(year),
    words: { ja: fiscalYearText('ja', year), en: fiscalYearText('en', year) },
  }))
  return [
    mayDo('job.auditSample', at.held) &&
      fold(
        say(lang, { ja: '監査の抜き取りをつくる', en: 'Draw the audit sample of a month' }),
        start(
          lang,
          at,
          'auditSample',
          { ja: '抜き取りをつくる', en: 'Draw it' },
          input(form, {
            name: 'month',
            label: { ja: '月', en: 'Month' },
            value: view.month,
            isNeeded: true,
            help: {
              ja: '2026-05のように。記帳された行動の50件に1件が、くじで決まっています。誰がつくっても同じです。',
              en: 'Like 2026-05. One recognised act in fifty is drawn by lot; whoever asks gets the same.',
            },
          }),
        ),
      ),
    mayDo('job.export', at.held) &&
      fold(
        say(lang, { ja: '受付記録を書き出す', en: 'Export the intake' }),
        start(
          lang,
          at,
          'export',
          { ja: '書き出す', en: 'Export' },
          html`${hidden('what', 'intake')}<p class="read">${say(lang, { ja: '帳簿のもとになったすべての記録を、証明とともに一つのファイルにします。この自治体の非公開の記載も入ります。', en: 'All records the books are made of, with their proofs, in one file; with what the private entries of this municipality stand for.' })}</p>`,
        ),
      ),
    mayDo('job.export', at.held) &&
      years.length > 0 &&
      fold(
        say(lang, { ja: '年度の決算書一式を書き出す', en: 'Export the statements of a year' }),
        start(
          lang,
          at,
          'export',
          { ja: '書き出す', en: 'Export' },
          html`${hidden('what', 'statements')}${choice(form, { name: 'year', label: { ja: '年度', en: 'Fiscal year' }, value: years[0]?.value ?? '' }, years)}${choice(form, { name: 'format', label: { ja: '形式', en: 'Format' }, value: 'pdf' }, formats)}`,
        ),
      ),
    view.mayRebuild &&
      fold(
        say(lang, { ja: '帳簿を作り直す', en: 'Rebuild the books' }),
        start(
          lang,
          at,
          'rebuild',
          { ja: '作り直す', en: 'Rebuild' },
          html`<p class="read">${say(lang, { ja: '受付記録から、この和記の帳簿をすべて作り直します。数字は変わりません。終わるまで、ページが開けないことがあります。', en: 'Makes all books of this appview anew from their intake. No figure changes. Pages may be away until it is done.' })}</p>`,
        ),
      ),
  ]
}

const jobRow = (lang: Lang, at: AtDesk, job: JobView): Html =>
  html`<tr>
    <th scope="row"><a href="${href(lang, at.path(`/jobs/${job.id}`))}">${jobName(lang, job)}</a></th>
    <td data-l="${say(lang, { ja: '状態', en: 'State' })}">${stateChip(lang, job)}${job.state === 'running' && html` <span class="soft small nb">${progressText(lang, job)}</span>`}</td>
    <td data-l="${say(lang, { ja: '頼んだ時刻', en: 'Asked' })}">${instantText(lang, job.askedAt)}</td>
  </tr>`

const jobTable = (lang: Lang, at: AtDesk, { jobs, older }: JobsView): Html =>
  jobs.length === 0
    ? html`<p class="read">${say(lang, { ja: 'まだありません。年度の締め切りも、ここに並びます。', en: 'None yet. The close of a year stands here, too.' })}</p>`
    : html`<table class="grid-t stack-t">
          <caption class="vh">${say(lang, { ja: '作業の一覧', en: 'Jobs' })}</caption>
          <thead>
            <tr>
              <th scope="col">${say(lang, { ja: '作業', en: 'Job' })}</th>
              <th scope="col">${say(lang, { ja: '状態', en: 'State' })}</th>
              <th scope="col">${say(lang, { ja: '頼んだ時刻', en: 'Asked' })}</th>
            </tr>
          </thead>
          <tbody>${jobs.map((job) => jobRow(lang, at, job))}</tbody>
        </table>
        ${older !== null && html`<p class="row"><a class="btn line" href="${href(lang, at.path(`/jobs?before=${older}`))}">${say(lang, { ja: '前の作業を見る', en: 'Earlier ones' })}</a></p>`}`

export const jobsPage = (at: AtDesk, view: JobsView): string => {
  const { lang } = at.shell
  const offered = [forms(lang, at, view)].flat().filter((one) => one !== false)
  return deskPage(at, {
    room: 'jobs',
    title: { ja: '作業', en: 'Jobs' },
    lead: html`<p class="read">${say(lang, { ja: '時間のかかる作業を、順に行います。一つの自治体では一度に一つです。途中で止まっても、続きから行われます。', en: 'What takes time is done in turn, one at a time for a municipality. What breaks off is gone on with.' })}</p>`,
    done: view.done,
    reasons: view.reasons,
    fieldOf,
    main: html`${block('j1', say(lang, { ja: '頼んだ作業', en: 'Asked for' }), jobTable(lang, at, view))}
    ${offered.length > 0 && block('j2', say(lang, { ja: '作業を頼む', en: 'Ask for a job' }), offered)}
    ${view.hook !== null && block('j3', say(lang, { ja: '窓口の知らせ', en: 'Notices of the desk' }), hookFold(lang, view.hook, at.path('/jobs/hook')))}`,
  })
}
