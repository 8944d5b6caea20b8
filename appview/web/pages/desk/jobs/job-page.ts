// One job: what it does, how far it is, what it came to, and what can be done with it now.

import type { JobView } from '../../../../jobs/job-view.ts'
import { mayDo } from '../../../../desk/permissions.ts'
import type { Reason } from '../../../../desk/outcome.ts'
import { fieldsOf } from '../../../../journal/fields.ts'
import { href, say, type Lang, type Words } from '../../lang.ts'
import { html, type Content, type Html } from '../../markup.ts'
import { block, id as idText, notice, pairs } from '../../parts/block.ts'
import { dateText, instantText } from '../../parts/date.ts'
import { numText } from '../../parts/figure.ts'
import type { AtDesk } from '../door.ts'
import { deskPage } from '../frame.ts'
import { reasonText } from '../problems.ts'
import { jobName, progressText, stateChip } from './job-words.ts'

export type OneJob = {
  readonly job: JobView
  /** Who asked, by name. */
  readonly name: string
  readonly done: Words | null
  readonly reasons: readonly Reason[]
}

const KIB = 1024

const bar = (lang: Lang, job: JobView): Content =>
  job.state === 'running' &&
  job.progress.total > 0 &&
  html`<p><progress class="wide" max="${job.progress.total}" value="${job.progress.done}" aria-label="${say(lang, { ja: '進みぐあい', en: 'Progress' })}"></progress></p>
    <p class="soft">${progressText(lang, job)}</p>`

const act = (lang: Lang, at: AtDesk, job: JobView, deed: 'cancel' | 'retry', words: Words): Html =>
  html`<form method="post" action="${href(lang, at.path(`/jobs/${job.id}/${deed}`))}"><button class="btn line">${say(lang, words)}</button></form>`

const actions = (lang: Lang, at: AtDesk, job: JobView): Content => {
  const mayCancel = job.state === 'waiting' && (job.by === at.actor.did || at.held.includes('admin'))
  const isOpen = job.state === 'waiting' || job.state === 'running'
  return html`<div class="row">
    ${isOpen && html`<a class="btn" href="${href(lang, at.path(`/jobs/${job.id}`))}">${say(lang, { ja: 'いまの状態を見る', en: 'Look again' })}</a>`}
    ${mayCancel && act(lang, at, job, 'cancel', { ja: '取り消す', en: 'Take it back' })}
    ${job.state === 'failed' && mayDo(`job.${job.kind}`, at.held) && act(lang, at, job, 'retry', { ja: 'もう一度行う', en: 'Try again' })}
  </div>`
}

const file = (lang: Lang, at: AtDesk, { id, file: made }: JobView): Content => {
  if (made === null) return null
  const { name, bytes, sha256, until } = made
  const size = bytes < KIB ? `${numText(bytes)} B` : `${numText(Math.ceil(bytes / KIB))} KiB`
  return block(
    'f1',
    say(lang, { ja: 'できたファイル', en: 'What it made' }),
    html`${pairs([
      [say(lang, { ja: '名前', en: 'Name' }), idText(name)],
      [say(lang, { ja: '大きさ', en: 'Size' }), size],
      [say(lang, { ja: '要約値（SHA-256）', en: 'SHA-256' }), idText(sha256)],
      [say(lang, { ja: '保存の期限', en: 'Kept until' }), dateText(lang, until.slice(0, 'YYYY-MM-DD'.length))],
    ])}
    ${
      mayDo('job.take', at.held)
        ? html`<p class="row"><a class="btn" href="${at.path(`/jobs/${id}/file`)}" download>${say(lang, { ja: '受け取る', en: 'Download' })}</a></p>
            <p class="help">${say(lang, { ja: '受け取ったことは、記録に残ります。', en: 'That you took it stands in the audit trail.' })}</p>`
        : html`<p class="help">${say(lang, { ja: '受け取れるのは、監査か管理の担当者です。', en: 'Auditors and administrators may take it.' })}</p>`
    }`,
  )
}

const outcome = (lang: Lang, at: AtDesk, job: JobView): Content => {
  const result = fieldsOf(job.result)
  if (job.state === 'failed')
    return notice(
      'bad',
      say(lang, { ja: 'できませんでした', en: 'It was not done' }),
      html`<ul>${job.reasons.map((reason) => html`<li>${reasonText(lang, reason)}</li>`)}</ul>`,
    )
  if (job.state !== 'done' || result === undefined) return null
  const { version, hash, drawn, rows, transactions } = result
  if (typeof version === 'number' && typeof hash === 'string')
    return html`<p class="read">${say(lang, { ja: `第${version}版を公開しました。`, en: `Version ${version} is published.` })} <a href="${href(lang, at.path('/close'))}">${say(lang, { ja: '年度の決算を見る', en: 'See the closed years' })}</a></p><p>${idText(hash)}</p>`
  if (typeof drawn === 'number')
    return html`<p class="read">${say(lang, { ja: `${numText(drawn)}件が抜き取られました。`, en: `${numText(drawn)} acts were drawn.` })}</p>`
  if (typeof rows !== 'number') return null
  return html`<p class="read">${say(lang, { ja: `${numText(rows)}行から${numText(Number(transactions))}件の仕訳を作り直しました。`, en: `${numText(Number(transactions))} entries were made anew from ${numText(rows)} rows.` })}</p>`
}

export const jobPage = (at: AtDesk, { job, name, done, reasons }: OneJob): string => {
  const { lang } = at.shell
  const times = [
    [say(lang, { ja: '頼んだ方', en: 'Asked by' }), html`${name}`],
    [say(lang, { ja: '頼んだ時刻', en: 'Asked' }), instantText(lang, job.askedAt)],
    ...(job.startedAt === null ? [] : [[say(lang, { ja: '始まった時刻', en: 'Begun' }), instantText(lang, job.startedAt)] as const]),
    ...(job.endedAt === null ? [] : [[say(lang, { ja: '終わった時刻', en: 'Ended' }), instantText(lang, job.endedAt)] as const]),
    ...(job.attempts > 1 ? [[say(lang, { ja: '行った回数', en: 'Attempts' }), String(job.attempts)] as const] : []),
  ] as const
  return deskPage(at, {
    room: 'jobs',
    inside: true,
    title: { ja: jobName('ja', job), en: jobName('en', job) },
    lead: html`<p class="row">${stateChip(lang, job)}</p>`,
    done,
    reasons,
    main: html`${outcome(lang, at, job)}${block('t1', say(lang, { ja: '経過', en: 'How it went' }), html`${bar(lang, job)}${pairs(times)}${actions(lang, at, job)}`)}${file(lang, at, job)}`,
  })
}
