// Balances of an earlier scheme: a CSV with control totals, put forward by one person, approved by another.

import type { Reason } from '../../../../desk/outcome.ts'
import { fieldsOf, listOf } from '../../../../journal/fields.ts'
import type { Draft } from '../../../../store/desk.ts'
import { href, say, type Lang, type Words } from '../../lang.ts'
import { html, type Html } from '../../markup.ts'
import { block, id as idText, pairs } from '../../parts/block.ts'
import { instantText } from '../../parts/date.ts'
import { num } from '../../parts/figure.ts'
import type { AtDesk } from '../door.ts'
import { area, file, input, type Form } from '../fields.ts'
import { listIn } from '../desk-form.ts'
import { deskPage } from '../frame.ts'
import { LIST_FILE, LIST_FILE_HELP, LIST_FILES, LIST_TEXT } from './list-words.ts'
import { approvalForm } from '../stamps/approval-form.ts'
import { stateChip } from '../stamps/sheet-parts.ts'

export type OpeningView = {
  readonly drafts: readonly Draft[]
  readonly mayPropose: boolean
  readonly typed: (field: string) => string
  readonly done: Words | null
  readonly reasons: readonly Reason[]
}

const AREA_ROWS = 8
const fieldOf = (code: string): string | undefined =>
  code === 'opening.control-mismatch' ? 'rows' : code.startsWith('csv.') || code.startsWith('opening.') ? 'csv' : undefined

const minutesOf = (draft: Draft): number =>
  (listOf(fieldsOf(draft.body)?.['rows']) ?? []).reduce<number>((sum, row) => {
    const minutes = fieldsOf(row)?.['minutes']
    return typeof minutes === 'number' ? sum + minutes : sum
  }, 0)

const item = (lang: Lang, at: AtDesk, draft: Draft): Html =>
  html`<li class="card">
    <p class="row">${stateChip(lang, draft.state)}<span class="soft">${instantText(lang, draft.changedAt)}</span></p>
    ${pairs([
      [say(lang, { ja: '人数', en: 'People' }), num(listOf(fieldsOf(draft.body)?.['rows'])?.length ?? 0)],
      [say(lang, { ja: '分の合計', en: 'Minutes' }), num(minutesOf(draft))],
      [say(lang, { ja: '要約値（SHA-256）', en: 'SHA-256' }), idText(draft.subject ?? '')],
    ])}
    ${draft.state === 'proposed' && approvalForm(at, draft, { path: `/register/opening/${draft.id}`, approve: { ja: '承認して帳簿に入れる', en: 'Approve and book' } })}
  </li>`

export const openingPage = (at: AtDesk, view: OpeningView): string => {
  const { lang } = at.shell
  const form: Form = { lang, reasons: view.reasons, fieldOf }
  const total = (name: string, label: Words): Html =>
    input(form, { name, label, value: view.typed(name) || '0' }, 'number', html` inputmode="numeric" min="0"`)
  const isWaiting = view.drafts.some(({ state }) => state === 'proposed')
  return deskPage(at, {
    room: 'register',
    title: { ja: '開始残高', en: 'Opening balances' },
    inside: true,
    done: view.done,
    reasons: view.reasons,
    fieldOf,
    main: html`${view.drafts.length > 0 && html`<ul class="asks">${view.drafts.map((draft) => item(lang, at, draft))}</ul>`}
    ${
      view.mayPropose &&
      block(
        'o1',
        say(lang, { ja: 'これまでの制度から引き継ぐ', en: 'Bring in an earlier scheme' }),
        html`<form class="form" method="post" enctype="multipart/form-data" action="${href(lang, at.path('/register/opening'))}">
          ${file(form, { name: 'file', label: LIST_FILE, help: LIST_FILE_HELP }, LIST_FILES)}
          ${area(form, { name: 'csv', label: LIST_TEXT, value: listIn(view.typed), help: { ja: '一行目は holder,points,usableUntil,minutes。holder は今日この自治体に登録されている方のDID。', en: 'First line: holder,points,usableUntil,minutes. holder is the DID of somebody admitted here today.' } }, AREA_ROWS)}
          ${total('rows', { ja: '人数の合計', en: 'How many people' })}${total('minutes', { ja: '分の合計', en: 'Sum of minutes' })}${total('points', { ja: '点数の合計', en: 'Sum of points' })}
          <p class="help">${say(lang, { ja: '合計は、ファイルとは別に手元の資料から書き写します。合わないときは、何も取り込みません。', en: 'Copy the totals from your own papers, not from the file. Where they differ, nothing is brought in.' })}</p>
          <p class="row"><button class="btn ${isWaiting ? 'line' : 'big'}">${say(lang, { ja: '確かめて、二人目に回す', en: 'Check and pass it on' })}</button></p>
        </form>`,
      )
    }`,
  })
}
