// The trace of a record for staff: which act, where it stands, station by station; and who stands behind a receiver without a name.

import type { Reason } from '../../../../desk/outcome.ts'
import type { ActionView } from '../../../../queries/views.ts'
import { href, say, type Lang, type Words } from '../../lang.ts'
import { html, type Content, type Html } from '../../markup.ts'
import { block, fold, id as idText, pairs } from '../../parts/block.ts'
import { dateText } from '../../parts/date.ts'
import { duration } from '../../parts/figure.ts'
import { chip } from '../../parts/icon.ts'
import { path as stationPath } from '../../trace.ts'
import { categoryName } from '../../words.ts'
import type { AtDesk } from '../door.ts'
import { hidden, input, type Form } from '../fields.ts'
import { deskPage } from '../frame.ts'
import type { RecordView, Unnamed } from './gather-record.ts'

export type RecordPageView = RecordView & {
  readonly mayMap: boolean
  readonly mayDispute: boolean
  readonly typed: (field: string) => string
  readonly done: Words | null
  readonly reasons: readonly Reason[]
}

const STATES: Readonly<Record<ActionView['state'], { readonly kind: 'ok' | 'wait' | 'bad' | 'plain'; readonly words: Words }>> = {
  open: { kind: 'wait', words: { ja: '確認待ち', en: 'Waiting' } },
  recognised: { kind: 'ok', words: { ja: '記帳済み', en: 'Booked' } },
  lapsed: { kind: 'plain', words: { ja: '期限切れ', en: 'Lapsed' } },
  rejected: { kind: 'bad', words: { ja: '心当たりがない', en: 'Not recognised' } },
  reversed: { kind: 'bad', words: { ja: '裁定により取消', en: 'Reversed by a ruling' } },
  refused: { kind: 'bad', words: { ja: '数えない記録', en: 'Does not count' } },
  deleted: { kind: 'plain', words: { ja: '削除', en: 'Deleted' } },
}

const facts = (lang: Lang, { action, giver, uri }: RecordPageView): Html =>
  pairs([
    [say(lang, { ja: 'した人', en: 'Giver' }), giver],
    ...(action === null
      ? []
      : ([
          [
            say(lang, { ja: '行った日', en: 'Day' }),
            /^\d{4}-\d{2}-\d{2}$/.test(action.performedOn) ? dateText(lang, action.performedOn) : action.performedOn,
          ],
          [say(lang, { ja: '分類', en: 'Category' }), say(lang, categoryName(action.category))],
          [say(lang, { ja: '時間', en: 'Time' }), duration(lang, action.recognisedMinutes ?? action.minutes)],
        ] as const)),
    [say(lang, { ja: '記録の名前', en: 'Address' }), idText(uri)],
  ])

const chips = (lang: Lang, { action }: RecordPageView): Content =>
  action !== null && [
    chip(STATES[action.state].kind, say(lang, STATES[action.state].words)),
    action.disputed && chip('wait', say(lang, { ja: '申し立て中', en: 'Disputed' })),
    action.refusal !== undefined &&
      html`<span class="small">${say(lang, action.refusal.sentence)} <span class="id">${action.refusal.code}</span></span>`,
  ]

const FIELDS = (code: string): string | undefined => (code.startsWith('receiver.') ? 'resident' : undefined)

const STAYS_PRIVATE: Words = {
  ja: 'だれかは公開されません。本人の決算書にだけ入ります。',
  en: 'Who it is does not become public; it enters their own statement alone.',
}
const PUT_RIGHT: Words = {
  ja: '受け手はすでに記録されています。別の方だったときだけ、正しい方の番号を入れてください。前の方の決算書からは外れます。',
  en: 'Who received is said already. Only if it was somebody else, give their id: it then leaves the former person’s statement.',
}

const receiver = (lang: Lang, at: AtDesk, view: RecordPageView, { index, minutes, isKnown }: Unnamed): Html => {
  const isThis = view.typed('index') === String(index)
  const form: Form = {
    lang,
    reasons: isThis ? view.reasons : [],
    fieldOf: (code) => (FIELDS(code) === undefined ? undefined : `resident${index}`),
  }
  return fold(
    html`${say(lang, { ja: `名前を出さない受け手 ${index + 1}`, en: `Receiver without a name ${index + 1}` })}${isKnown && say(lang, { ja: '（記録済み）', en: ' (said)' })}<span class="soft">${duration(lang, minutes)}</span>`,
    html`<form class="form" method="post" action="${href(lang, at.path('/trace'))}">
      ${hidden('uri', view.uri)}${hidden('index', index)}${input(form, { name: `resident${index}`, label: { ja: '台帳の番号', en: 'Id in the register' }, value: isThis ? view.typed(`resident${index}`) : '', help: isKnown ? PUT_RIGHT : STAYS_PRIVATE })}
      <p class="row"><button class="btn line">${say(lang, { ja: 'この方として記録する', en: 'Say it is this person' })}</button></p>
    </form>`,
    isThis,
  )
}

export const recordPage = (at: AtDesk, view: RecordPageView): string => {
  const { lang } = at.shell
  const dispute = view.mayDispute && view.action?.state === 'recognised' && !view.action.disputed
  return deskPage(at, {
    room: 'disputes',
    title: { ja: '記録をたどる', en: 'Trace a record' },
    inside: true,
    lead: html`<p class="row">${chips(lang, view)}</p>`,
    done: view.done,
    reasons: view.reasons,
    fieldOf: (code) => (FIELDS(code) === undefined ? undefined : `resident${view.typed('index')}`),
    main: html`${facts(lang, view)}
    ${dispute && html`<p class="row room"><a class="btn line" href="${href(lang, at.path(`/disputes?uri=${encodeURIComponent(view.uri)}#d2`))}">${say(lang, { ja: 'この記録への申し立てを受け付ける', en: 'Take a dispute of this record' })}</a></p>`}
    ${view.mayMap && view.unnamed.length > 0 && block('t3', say(lang, { ja: '受け手', en: 'Receivers' }), html`<div>${view.unnamed.map((one) => receiver(lang, at, view, one))}</div>`)}
    ${block('t1', say(lang, { ja: '道すじ', en: 'The path' }), stationPath(lang, view.stations))}`,
  })
}
