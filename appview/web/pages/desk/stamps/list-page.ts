// Stamp sheets of a town, newest first.

import { parseSheetBody } from '../../../../desk/parse-sheet.ts'
import type { Draft } from '../../../../store/desk.ts'
import { href, say, type Words } from '../../lang.ts'
import { html, type Html } from '../../markup.ts'
import { dateText, instantText } from '../../parts/date.ts'
import type { AtDesk } from '../door.ts'
import { deskPage } from '../frame.ts'
import { stateChip } from './sheet-parts.ts'

export type SheetList = {
  readonly drafts: readonly Draft[]
  readonly older: string | null
  readonly mayStart: boolean
  readonly done: Words | null
}

export const sheetListPage = (at: AtDesk, { drafts, older, mayStart, done }: SheetList): string => {
  const { lang } = at.shell
  const row = (draft: Draft): Html => {
    const { sheet } = parseSheetBody(draft.body)
    return html`<li>
      <span class="soft small">${dateText(lang, sheet.performedOn)}</span><a href="${href(lang, at.path(`/stamps/${draft.id}`))}">${sheet.title}</a
      ><span class="m num">${sheet.rows.length}${say(lang, { ja: '人', en: sheet.rows.length === 1 ? ' person' : ' people' })}</span
      ><span class="st8">${stateChip(lang, draft.state)}<span class="soft small">${instantText(lang, draft.changedAt)}</span></span>
    </li>`
  }
  return deskPage(at, {
    room: 'stamps',
    title: { ja: 'スタンプ台帳', en: 'Stamp sheets' },
    done,
    main: html`${mayStart && html`<p class="row"><a class="btn big" href="${href(lang, at.path('/stamps/new'))}">${say(lang, { ja: 'スタンプ台帳をつくる', en: 'New stamp sheet' })}</a></p>`}
    ${
      drafts.length === 0
        ? html`<p class="read">${say(lang, { ja: 'まだありません。催しの名簿をつくると、ここに並びます。', en: 'None yet. A list of an event stands here once somebody makes it.' })}</p>`
        : html`<ul class="recs room">
            ${drafts.map(row)}
          </ul>`
    }
    ${older !== null && html`<p class="row"><a class="btn line" href="${href(lang, at.path(`/stamps?before=${older}`))}">${say(lang, { ja: '前の台帳を見る', en: 'Older sheets' })}</a></p>`}`,
  })
}
