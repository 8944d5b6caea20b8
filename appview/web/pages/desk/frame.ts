// The frame of every page of a desk: where one is, the desk's own menu, what was just done or why it was not.

import type { Reason } from '../../../desk/outcome.ts'
import { href, say, type Words } from '../lang.ts'
import { layout } from '../layout.ts'
import { html, type Content, type Html } from '../markup.ts'
import { notice, pageHead } from '../parts/block.ts'
import { chip } from '../parts/icon.ts'
import type { AtDesk } from './door.ts'
import { problems, type FieldOf } from './problems.ts'

export const DESK_ROOMS = {
  home: { path: '', words: { ja: '窓口', en: 'Desk' } },
  register: { path: '/register', words: { ja: '台帳', en: 'Register' } },
  stamps: { path: '/stamps', words: { ja: 'スタンプ', en: 'Stamp sheets' } },
  disputes: { path: '/disputes', words: { ja: '申し立て', en: 'Disputes' } },
  close: { path: '/close', words: { ja: '決算', en: 'Close' } },
  rules: { path: '/rules', words: { ja: 'きまり', en: 'Rules' } },
  jobs: { path: '/jobs', words: { ja: '作業', en: 'Jobs' } },
  hosts: { path: '/hosts', words: { ja: '受入機関', en: 'Host bodies' } },
  staff: { path: '/staff', words: { ja: '担当者', en: 'Staff' } },
} as const satisfies Readonly<Record<string, { readonly path: string; readonly words: Words }>>

export type DeskRoom = keyof typeof DESK_ROOMS

export type DeskPage = {
  readonly room: DeskRoom
  readonly title: Words
  /** Below a room's own page: the crumb that leads on from it. */
  readonly inside?: boolean
  readonly lead?: Content
  readonly done?: Words | null
  readonly reasons?: readonly Reason[]
  /** Where on the page a refusal is mended. */
  readonly fieldOf?: FieldOf
  readonly main: Content
}

const rooms = ({ shell, path }: AtDesk, here: DeskRoom): Html =>
  html`<nav class="rooms" aria-label="${say(shell.lang, { ja: '窓口のメニュー', en: 'Menu of the desk' })}">
    <ul>
      ${Object.entries(DESK_ROOMS).map(([name, room]) => html`<li><a href="${href(shell.lang, path(room.path))}"${name === here && html` aria-current="page"`}>${say(shell.lang, room.words)}</a></li>`)}
    </ul>
  </nav>`

export const deskPage = (at: AtDesk, page: DeskPage): string => {
  const { shell, path } = at
  const { lang } = shell
  const room = DESK_ROOMS[page.room]
  const title = say(lang, page.title)
  const home = { path: path(), label: say(lang, DESK_ROOMS.home.words) }
  const crumbs = [
    ...(page.room === 'home' ? [] : [home]),
    ...(page.inside === true ? [{ path: path(room.path), label: say(lang, room.words) }] : []),
    { path: shell.path, label: title },
  ]
  return layout(shell, {
    title,
    place: 'desk',
    own: true,
    crumbs,
    main: html`<div class="wrap">
      ${rooms(at, page.room)}
      ${pageHead(title, html`${page.lead}<p class="row">${chip('lock', say(lang, { ja: '窓口の担当者だけに見えています', en: 'Only staff of the desk can see this' }))}</p>`)}
      ${page.done != null && notice('ok', say(lang, page.done), null)}${problems(lang, page.reasons ?? [], page.fieldOf)} ${page.main}
    </div>`,
  })
}
