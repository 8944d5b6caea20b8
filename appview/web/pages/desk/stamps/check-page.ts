// Between saving a sheet and passing it on: the total of what is saved, once more, and who is left out.

import { href, say } from '../../lang.ts'
import { html } from '../../markup.ts'
import type { AtDesk } from '../door.ts'
import { hidden } from '../fields.ts'
import { deskPage } from '../frame.ts'
import { doubtNotice, eventLead, savedAt, total, type SheetPageView } from './sheet-parts.ts'

export const checkPage = (at: AtDesk, page: SheetPageView): string => {
  const { lang } = at.shell
  const { draft, people, minutes } = page.view
  const back = at.path(`/stamps/${draft.id}`)
  return deskPage(at, {
    room: 'stamps',
    title: { ja: '合計を確かめる', en: 'Check the total' },
    inside: true,
    lead: eventLead(lang, page),
    reasons: page.reasons,
    main: html`<div class="sent">
        ${total(lang, people, minutes)}${savedAt(lang, page.view)}
        <p class="read">
          ${say(lang, { ja: '二人目が承認すると、この自治体の名前で公開され、帳簿に入ります。', en: 'When the second person approves, it is published in the municipality’s name and enters the books.' })}
        </p>
        <form method="post" action="${href(lang, at.path(`/stamps/${draft.id}/propose`))}">
          ${hidden('version', draft.version)}
          <p class="row">
            <button class="btn big">${say(lang, { ja: '二人目に回す', en: 'Pass it to the second person' })}</button
            ><a class="btn line" href="${href(lang, back)}">${say(lang, { ja: '名簿に戻る', en: 'Back to the list' })}</a>
          </p>
        </form>
      </div>
      ${doubtNotice(lang, page)}`,
  })
}
