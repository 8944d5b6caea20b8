// The desk's first page: what waits for somebody here.

import type { DisputeView } from '../../../desk/operations.ts'
import { mayDo } from '../../../desk/permissions.ts'
import type { Draft } from '../../../store/desk.ts'
import { href, say, type Lang, type Words } from '../lang.ts'
import { html, type Content, type Html } from '../markup.ts'
import { block } from '../parts/block.ts'
import { instantText } from '../parts/date.ts'
import { chip } from '../parts/icon.ts'
import type { AtDesk } from './door.ts'
import { deskPage } from './frame.ts'

export type HomeView = {
  readonly roles: readonly Words[]
  readonly proposed: readonly Draft[]
  readonly drafts: readonly Draft[]
  readonly disputes: readonly DisputeView[]
  readonly flags: number
}

const KINDS: Readonly<Record<Draft['kind'], Words>> = {
  stamps: { ja: 'スタンプ台帳', en: 'Stamp sheet' },
  ruling: { ja: '裁定', en: 'Ruling' },
  opening: { ja: '開始残高', en: 'Opening balances' },
  appeal: { ja: '不服申し立ての決定', en: 'Decision of an appeal' },
  suspension: { ja: '確認の停止', en: 'Suspension of confirming' },
  suspensionEnd: { ja: '確認の停止の解除', en: 'End of a suspension' },
}

const ROOM_OF: Readonly<Record<Draft['kind'], string>> = {
  stamps: '/stamps',
  ruling: '/disputes',
  opening: '/register/opening',
  appeal: '/disputes#rulings',
  suspension: '/disputes#rulings',
  suspensionEnd: '/disputes#rulings',
}

export const draftPath = ({ kind, id }: Draft): string => (kind === 'stamps' ? `/stamps/${id}` : ROOM_OF[kind])

const draftRow = (lang: Lang, at: AtDesk, draft: Draft): Html =>
  html`<li>
    <a href="${href(lang, at.path(draftPath(draft)))}">${say(lang, KINDS[draft.kind])}${draft.subject !== null && html` <span class="id">${draft.subject}</span>`}</a>
    <span class="soft small">${instantText(lang, draft.changedAt)}</span>
  </li>`

const list = (lang: Lang, at: AtDesk, drafts: readonly Draft[], none: Words): Content =>
  drafts.length === 0
    ? html`<p class="read">${say(lang, none)}</p>`
    : html`<ul class="links">${drafts.map((draft) => draftRow(lang, at, draft))}</ul>`

export const homePage = (at: AtDesk, view: HomeView): string => {
  const { lang } = at.shell
  const open = view.disputes.length
  const waiting = html`<ul class="links">
    <li><a href="${href(lang, at.path('/disputes'))}">${say(lang, { ja: `開いている申し立て：${open}件`, en: `Open disputes: ${open}` })}</a></li>
    <li><a href="${href(lang, at.path('/disputes#flags'))}">${say(lang, { ja: `見直しの印：${view.flags}件`, en: `Flags to look at: ${view.flags}` })}</a></li>
  </ul>`
  return deskPage(at, {
    room: 'home',
    title: { ja: `${at.town.names.ja}の窓口`, en: `Desk of ${at.town.names.en}` },
    lead: html`<p class="row">${view.roles.map((role) => chip('plain', say(lang, role)))}</p>`,
    main: html`${block('d1', say(lang, { ja: '二人目の承認を待つもの', en: 'Waiting for a second person' }), list(lang, at, view.proposed, { ja: 'ありません。', en: 'Nothing.' }))}
    ${block(
      'd2',
      say(lang, { ja: '下書き', en: 'Drafts' }),
      html`${list(lang, at, view.drafts, { ja: 'ありません。', en: 'None.' })}
      ${mayDo('sheet.save', at.held) && html`<p class="row"><a class="btn" href="${href(lang, at.path('/stamps/new'))}">${say(lang, { ja: 'スタンプ台帳をつくる', en: 'New stamp sheet' })}</a></p>`}`,
    )}
    ${block('d3', say(lang, { ja: '見ておくもの', en: 'To look at' }), waiting)}`,
  })
}
