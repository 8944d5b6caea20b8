// What one is told after the fact, newest first. Opening the page is seeing it; what is new is marked until then.

import { fieldsOf } from '../../../journal/fields.ts'
import type { NoticeKind } from '../../../store/notices.ts'
import type { ShownNotice } from '../../../notify/read-notices.ts'
import { href, say, type Words } from '../lang.ts'
import { layout, myWaCrumb, type Shell } from '../layout.ts'
import { html, type Content, type Html } from '../markup.ts'
import { block, pageHead } from '../parts/block.ts'
import { instantText } from '../parts/date.ts'
import { chip } from '../parts/icon.ts'
import { hookFold, type HookForm } from './hook-form.ts'
import { sentenceOfNotice } from './sentences.ts'

export type NoticesView = {
  readonly did: string
  readonly notices: readonly ShownNotice[]
  readonly before: number | null
  readonly hook: HookForm
}

const TITLE: Words = { ja: 'お知らせ', en: 'Notices' }

const WHERE: Readonly<Record<NoticeKind, Words>> = {
  asked: { ja: '確認する', en: 'Answer' },
  confirmed: { ja: '行動を見る', en: 'See the act' },
  partly: { ja: '行動を見る', en: 'See the act' },
  disputed: { ja: '行動を見る', en: 'See the act' },
  lapsed: { ja: '行動を見る', en: 'See the act' },
  upheld: { ja: '行動を見る', en: 'See the act' },
  dismissed: { ja: '行動を見る', en: 'See the act' },
  appealed: { ja: '行動を見る', en: 'See the act' },
  upheldAgain: { ja: '行動を見る', en: 'See the act' },
  restored: { ja: '行動を見る', en: 'See the act' },
  suspended: { ja: '自治体のページを見る', en: 'See the municipality' },
  suspensionEnded: { ja: '自治体のページを見る', en: 'See the municipality' },
  admitted: { ja: '自治体のページを見る', en: 'See the municipality' },
  moved: { ja: '自治体のページを見る', en: 'See the municipality' },
  draftWaiting: { ja: '窓口で開く', en: 'Open at the desk' },
  flags: { ja: '窓口で開く', en: 'Open at the desk' },
  notPublished: { ja: '窓口で開く', en: 'Open at the desk' },
  recordRefused: { ja: '記録を見る', en: 'See the record' },
  jobFailed: { ja: '作業を見る', en: 'See the job' },
  closed: { ja: '決算書を見る', en: 'See the statements' },
  restated: { ja: '決算書を見る', en: 'See the statements' },
}

/** Where one goes on from it; null where nothing of it is one's own to see. */
const pathOf = ({ kind, subject, author, town, detail }: ShownNotice, did: string): string | null => {
  const { id, draft, fiscalYear, version } = fieldsOf(detail) ?? {}
  const desk = `/desk/${town ?? ''}`
  switch (kind) {
    case 'asked':
      return '/me#asks'
    case 'admitted':
    case 'moved':
    case 'suspended':
    case 'suspensionEnded':
      return `/m/${town ?? ''}`
    case 'draftWaiting':
      return draft === 'stamps' && typeof id === 'string'
        ? `${desk}/stamps/${id}`
        : draft === 'opening'
          ? `${desk}/register/opening`
          : `${desk}/disputes${draft === 'ruling' ? '' : '#rulings'}`
    case 'flags':
      return `${desk}/disputes#flags`
    case 'notPublished':
      return desk
    case 'recordRefused':
      return `${desk}/trace?uri=${encodeURIComponent(subject.slice(subject.indexOf('at://')))}`
    case 'jobFailed':
      return `${desk}/jobs/${typeof id === 'string' ? id : ''}`
    case 'closed':
    case 'restated':
      return `/m/${town ?? ''}/${typeof fiscalYear === 'number' ? fiscalYear : ''}/v${typeof version === 'number' ? version : 1}`
    case 'confirmed':
    case 'partly':
    case 'disputed':
    case 'lapsed':
    case 'upheld':
    case 'dismissed':
    case 'appealed':
    case 'upheldAgain':
    case 'restored':
      return author === did ? `/me/acts/${subject.slice(subject.lastIndexOf('/') + 1)}` : null
  }
}

const item = (shell: Shell, notice: ShownNotice, did: string): Html => {
  const { lang } = shell
  const path = pathOf(notice, did)
  return html`<li class="ask">
    <div>
      <p>${!notice.isRead && html`${chip('wait', say(lang, { ja: '新着', en: 'New' }))} `}${say(lang, sentenceOfNotice(notice.kind, notice.detail))}</p>
      <p class="soft small">${instantText(lang, notice.at)}${path !== null && html` <a href="${href(lang, path)}">${say(lang, WHERE[notice.kind])}</a>`}</p>
    </div>
  </li>`
}

const list = (shell: Shell, { did, notices, before }: NoticesView): Content => {
  const { lang } = shell
  if (notices.length === 0)
    return html`<p class="read">${say(lang, { ja: 'お知らせはありません。行動が確認されたときや、確認を頼まれたときに、ここに届きます。', en: 'Nothing yet. When an act of yours is confirmed, or you are asked to confirm one, it stands here.' })}</p>`
  return html`<ul class="asks">
      ${notices.map((notice) => item(shell, notice, did))}
    </ul>
    ${before !== null && html`<p class="row"><a class="btn line" href="${href(lang, `/me/notices?before=${before}`)}">${say(lang, { ja: '前のお知らせ', en: 'Earlier ones' })}</a></p>`}`
}

export const noticesPage = (shell: Shell, view: NoticesView): string => {
  const { lang } = shell
  const title = say(lang, TITLE)
  return layout(shell, {
    title,
    place: 'notices',
    own: true,
    crumbs: [myWaCrumb(lang), { path: shell.path, label: title }],
    main: html`<div class="wrap">
      ${pageHead(
        title,
        html`<p class="row">${chip('lock', say(lang, { ja: 'あなただけに見えています', en: 'Only you can see this' }))}</p>
        <p class="read soft">${say(lang, { ja: 'ほかの方の名前は書かれません。新しいものから500件、400日までを残します。', en: 'Nobody else is named. The newest 500 are kept, for 400 days at most.' })}</p>`,
      )}
      ${list(shell, view)} ${block('b2', say(lang, { ja: 'ほかの届け方', en: 'Other ways' }), hookFold(lang, view.hook, '/me/notices/hook'))}
    </div>`,
  })
}
