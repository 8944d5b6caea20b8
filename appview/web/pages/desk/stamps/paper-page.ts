// The list of an event on paper: to be signed on the spot, then typed in. It has room for people who come besides.

import { say } from '../../lang.ts'
import { html, type Html } from '../../markup.ts'
import type { AtDesk } from '../door.ts'
import { deskPage } from '../frame.ts'
import { eventLead, lineName, type SheetPageView } from './sheet-parts.ts'
import { whoText } from './sheet-text.ts'

const EMPTY_LINES = 10

export const paperPage = (at: AtDesk, page: SheetPageView): string => {
  const { lang } = at.shell
  const { lines } = page.view
  const heads = [
    { ja: '番号', en: 'No.' },
    { ja: '名前', en: 'Name' },
    { ja: '台帳の番号・カード', en: 'Id or card' },
    { ja: '分数', en: 'Minutes' },
    { ja: 'サイン', en: 'Signature' },
  ]
  const row = (number: number, name: string, who: string): Html =>
    html`<tr>
      <td class="r">${number}</td>
      ${name === '' ? html`<td></td>` : html`<th scope="row">${name}</th>`}
      <td class="small">${who}</td>
      <td></td>
      <td></td>
    </tr>`
  return deskPage(at, {
    room: 'stamps',
    title: { ja: '紙の名簿', en: 'The list on paper' },
    inside: true,
    lead: html`${eventLead(lang, page)}
      <p class="read no-print">${say(lang, { ja: 'このページを、ブラウザーの「印刷」で印刷してください。A4に収まります。', en: 'Print this page with your browser. It fits A4.' })}</p>`,
    main: html`<div class="scroll">
      <table class="grid-t paper">
        <caption class="vh">${say(lang, { ja: '参加者の名簿', en: 'People of the event' })}</caption>
        <thead>
          <tr>
            ${heads.map((words) => html`<th scope="col">${say(lang, words)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${lines.map((line) => row(line.line, lineName(lang, line, page), 'did' in line.who ? '' : whoText(line)))}${Array.from({ length: EMPTY_LINES }, (_, i) => row(lines.length + i + 1, '', ''))}
        </tbody>
      </table>
    </div>`,
  })
}
