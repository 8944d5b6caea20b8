// The event and its list as one form: for a new sheet, and to mend one that is still a draft.

import { href, say, type Lang, type Words } from '../../lang.ts'
import { html, type Html } from '../../markup.ts'
import type { Reason } from '../../../../desk/outcome.ts'
import { categoryNames } from '../../words.ts'
import type { AtDesk } from '../door.ts'
import { area, choice, hidden, input, type Form } from '../fields.ts'
import { deskPage } from '../frame.ts'
import { eventFieldOf, type EventInput } from './event-input.ts'

export type EventView = {
  readonly event: EventInput
  /** Null: a new sheet. */
  readonly draft: { readonly id: string; readonly version: number } | null
  readonly today: string
  readonly hostBodies: readonly { readonly did: string; readonly names: Words }[]
  readonly reasons: readonly Reason[]
}

const LIST_ROWS = 12
const MOST_MINUTES = 720

const listHelp: Words = {
  ja: '一行に一人。台帳の番号、DID、@ハンドル、または「card:カードの番号」。ほかの人とちがうときだけ、コンマのあとに分数・名前・分類・メモを書きます。例：「1024」「1025,60」「card:A-07,,山田さん」「1026,欠席」。表計算ソフトからも貼り付けられます。',
  en: 'One person a line: an id of the register, a DID, @handle, or “card:” and the card’s number. After commas, only where it differs: minutes, name, category, note. “1024”, “1025,60”, “card:A-07,,Yamada”, “1026,absent”. Can be pasted from a spreadsheet.',
}

const fields = (lang: Lang, { event, hostBodies, today, reasons }: EventView): Html => {
  const form: Form = { lang, reasons, fieldOf: eventFieldOf }
  const categories = Object.entries(categoryNames).map(([value, words]) => ({ value, words }))
  const bodies = [
    { value: '', words: { ja: '選ばない', en: 'None' } },
    ...hostBodies.map(({ did, names }) => ({ value: did, words: names })),
  ]
  const receivers = [
    { value: 'public', words: { ja: '地域のみんな（公共）', en: 'Everybody (public)' } },
    { value: 'unnamed', words: { ja: '名前を出さない人', en: 'People who are not named' } },
  ]
  return html`${input(form, { name: 'title', label: { ja: '催しの名前', en: 'Name of the event' }, value: event.title, isNeeded: true })}
    ${input(form, { name: 'performedOn', label: { ja: '行った日', en: 'Day' }, value: event.performedOn, isNeeded: true }, 'date', html` max="${today}"`)}
    ${input(form, { name: 'minutes', label: { ja: '全員の分数', en: 'Minutes for all' }, value: event.minutes, isNeeded: true }, 'number', html` inputmode="numeric" min="1" max="${MOST_MINUTES}"`)}
    ${choice(form, { name: 'category', label: { ja: '分類', en: 'Category' }, value: event.category }, categories)}
    ${choice(form, { name: 'receiver', label: { ja: '受け手', en: 'For whom' }, value: event.receiver }, receivers)}
    ${choice(form, { name: 'hostBody', label: { ja: '受入機関', en: 'Host body' }, value: event.hostBody, help: { ja: 'カードの行があるときに要ります。', en: 'Needed where there are cards.' } }, bodies)}
    ${area(form, { name: 'lines', label: { ja: '名簿', en: 'List of people' }, value: event.lines, help: listHelp }, LIST_ROWS)}
    ${input(form, { name: 'eventId', label: { ja: '催しの記号', en: 'Code of the event' }, value: event.eventId, help: { ja: '任意。公開されます。参加した人が自分の記録にこの記号を書くと、名簿と結びつきます。', en: 'Optional, public. Records in which people wrote this code are joined to the list.' } })}`
}

export const eventPage = (at: AtDesk, view: EventView): string => {
  const { lang } = at.shell
  const isNew = view.draft === null
  const path = view.draft === null ? at.path('/stamps') : at.path(`/stamps/${view.draft.id}/edit`)
  return deskPage(at, {
    room: 'stamps',
    title: isNew ? { ja: '新しいスタンプ台帳', en: 'New stamp sheet' } : { ja: '催しと名簿を直す', en: 'Change event and list' },
    inside: true,
    reasons: view.reasons,
    fieldOf: eventFieldOf,
    main: html`<form class="form" method="post" action="${href(lang, path)}">
      ${view.draft !== null && hidden('version', view.draft.version)}${fields(lang, view)}
      <p class="row"><button class="btn big">${say(lang, { ja: '下書きに保存して、名簿を確かめる', en: 'Save as a draft and check the list' })}</button></p>
      <p class="help">${say(lang, { ja: '保存しただけでは、何も公開されません。名前とメモは窓口だけに残ります。', en: 'Saving publishes nothing. Names and notes stay at the desk.' })}</p>
    </form>`,
  })
}
