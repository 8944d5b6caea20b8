// New rules: typed, tried on last year's books, then published. What was changed since it was tried is tried again first.

import type { PolicyPreview, RatesPreview } from '../../../../desk/operations.ts'
import type { Reason } from '../../../../desk/outcome.ts'
import { href, say, type Lang, type Words } from '../../lang.ts'
import { html, type Content, type Html } from '../../markup.ts'
import { block, notice, tiles } from '../../parts/block.ts'
import { fiscalYearText } from '../../parts/date.ts'
import { num } from '../../parts/figure.ts'
import type { AtDesk } from '../door.ts'
import { area, choice, hidden, input, type Form } from '../fields.ts'
import { deskPage } from '../frame.ts'
import { FIGURES, ruleFieldOf, type PolicyTyped, type RatesTyped } from './rule-input.ts'
import { FIGURE_WORDS, MODES, rateName } from './rules-page.ts'

export type Change<Typed, Preview> = {
  readonly typed: Typed
  readonly preview: Preview | null
  readonly mayPublish: boolean
  readonly reasons: readonly Reason[]
}
export type PolicyChange = Change<PolicyTyped, PolicyPreview>
export type RatesChange = Change<RatesTyped, RatesPreview>

const AREA_ROWS = 12
const LEVELS: Words = {
  ja: '1：受けた方・見ていた方　2：受入機関　3：自治体',
  en: '1: who received or saw it · 2: host body · 3: municipality',
}

/** What was tried, so that nothing else is published. */
export const seal = (typed: object): string => JSON.stringify(typed)

const buttons = (lang: Lang, { typed, preview, mayPublish }: Change<object, object>): Html => {
  const isReady = preview !== null && mayPublish
  return html`${preview !== null && hidden('seen', seal(typed))}
    <p class="row">
      <button class="btn ${isReady ? 'line' : 'big'}" name="do" value="try">${say(lang, { ja: '昨年度の帳簿で試す', en: 'Try on last year’s books' })}</button>${isReady && html`<button class="btn big" name="do" value="publish">${say(lang, { ja: '公開する', en: 'Publish' })}</button>`}
    </p>
    ${!mayPublish && html`<p class="help">${say(lang, { ja: '公開するのは、管理の担当者です。', en: 'An administrator publishes it.' })}</p>`}`
}

const none = (lang: Lang, fiscalYear: number): Html =>
  notice(
    'calm',
    say(lang, {
      ja: `${fiscalYearText('ja', fiscalYear)}には、試す記録がありません`,
      en: `Nothing was booked in ${fiscalYearText('en', fiscalYear)} to try it on`,
    }),
    null,
  )

const policyTried = (lang: Lang, preview: PolicyPreview): Html => {
  const acts = (count: number) => html`${num(count)}${say(lang, { ja: '件', en: '' })}`
  const withMinutes = (count: number, minutes: number) =>
    html`${acts(count)} <span class="small nb">${num(minutes)}${say(lang, { ja: '分', en: ' min' })}</span>`
  return block(
    'v1',
    say(lang, {
      ja: `${fiscalYearText('ja', preview.fiscalYear)}がこのきまりだったら`,
      en: `Had ${fiscalYearText('en', preview.fiscalYear)} had these rules`,
    }),
    preview.acts === 0
      ? none(lang, preview.fiscalYear)
      : tiles([
          [say(lang, { ja: '記帳した行動', en: 'Acts booked' }), withMinutes(preview.acts, preview.minutes)],
          [say(lang, { ja: '数えられなくなる', en: 'No longer counted' }), withMinutes(preview.actsLost, preview.minutesLost)],
          [say(lang, { ja: '期限が過ぎる', en: 'Lapsed' }), withMinutes(preview.actsLapsed, preview.minutesLapsed)],
          [say(lang, { ja: '一回の上限を超える', en: 'Too long' }), acts(preview.actsTooLong)],
          [say(lang, { ja: '申告が遅すぎる', en: 'Told too late' }), acts(preview.actsTooOld)],
          [
            say(lang, { ja: '一日の上限を超える日', en: 'Days over the limit' }),
            html`${num(preview.daysOverCap)}${say(lang, { ja: '日', en: '' })}`,
          ],
        ]),
  )
}

const SUPERSEDED: Words = {
  ja: 'より新しい日から始まる単価表が、これから記帳されるすべての行動に使われます。この単価表が使われるのは、締め切った年度の訂正版で示したときだけです。開始日を確かめてください。',
  en: 'A table that begins on a later day holds for all that can still be booked. This one serves a restatement of a closed year alone: look at its first day.',
}
const REPLACES: Words = {
  ja: '同じ日から始まる単価表があります。これから確かめられる行動には新しい表が使われ、すでに記帳された金額は変わりません。',
  en: 'A table begins on that day already. What is confirmed from now on is valued by the new one; what is booked stays as it is.',
}

const ratesPlace = (lang: Lang, { isSuperseded, replaces }: RatesPreview): Content => {
  const words = isSuperseded ? SUPERSEDED : replaces === null ? null : REPLACES
  return words !== null && notice('warn', say(lang, { ja: '適用開始日', en: 'First day' }), html`<p>${say(lang, words)}</p>`)
}

const ratesTried = (lang: Lang, { fiscalYear, categories, before, after }: RatesPreview): Html => {
  const row = (name: string, minutes: number | null, was: number, is: number): Html =>
    html`<tr>
      <th scope="row">${name}</th>
      <td class="r">${minutes !== null && num(minutes)}</td>
      <td class="r">${num(was)}</td>
      <td class="r">${num(is)}</td>
    </tr>`
  const heads = [
    { ja: '分', en: 'Minutes' },
    { ja: 'いま（円）', en: 'Now (yen)' },
    { ja: '改めると（円）', en: 'Then (yen)' },
  ]
  const table = html`<div class="scroll">
    <table class="grid-t">
      <caption class="vh">${say(lang, { ja: '参考円のちがい', en: 'Yen before and after' })}</caption>
      <thead>
        <tr>
          <th scope="col">${say(lang, { ja: '分類', en: 'Category' })}</th>
          ${heads.map((words) => html`<th scope="col" class="r">${say(lang, words)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${categories.map((one) => row(rateName(lang, one.category), one.minutes, one.before, one.after))}${row(say(lang, { ja: '合計', en: 'Total' }), null, before, after)}
      </tbody>
    </table>
  </div>`
  return block(
    'v1',
    say(lang, {
      ja: `${fiscalYearText('ja', fiscalYear)}がこの単価だったら`,
      en: `Had ${fiscalYearText('en', fiscalYear)} had these rates`,
    }),
    categories.length === 0 ? none(lang, fiscalYear) : table,
  )
}

export const policyChangePage = (at: AtDesk, view: PolicyChange): string => {
  const { lang } = at.shell
  const { typed, preview, reasons } = view
  const form: Form = { lang, reasons, fieldOf: ruleFieldOf }
  const tried: Content = preview !== null && policyTried(lang, preview)
  return deskPage(at, {
    room: 'rules',
    title: { ja: '制度を改める', en: 'Change the policy' },
    inside: true,
    reasons,
    fieldOf: ruleFieldOf,
    main: html`${tried}
      <form class="form room" method="post" action="${href(lang, at.path('/rules/policy'))}">
        ${choice(form, { name: 'mode', label: { ja: '方式', en: 'Mode' }, value: typed.mode }, MODES)}
        ${input(form, { name: 'effectiveFrom', label: { ja: 'いつから', en: 'From' }, value: typed.effectiveFrom, isNeeded: true }, 'date')}
        ${FIGURES.map((name) => input(form, { name, label: FIGURE_WORDS[name], value: typed[name], ...(name === 'timeLevel' ? { help: LEVELS } : {}) }, 'number', html` inputmode="numeric" min="1"`))}
        ${buttons(lang, view)}
      </form>`,
  })
}

export const ratesChangePage = (at: AtDesk, view: RatesChange): string => {
  const { lang } = at.shell
  const { typed, preview, reasons } = view
  const form: Form = { lang, reasons, fieldOf: ruleFieldOf }
  const tried: Content = preview !== null && html`${ratesPlace(lang, preview)}${ratesTried(lang, preview)}`
  return deskPage(at, {
    room: 'rules',
    title: { ja: '単価表を改める', en: 'Change the rate table' },
    inside: true,
    reasons,
    fieldOf: ruleFieldOf,
    main: html`${tried}
      <form class="form room" method="post" action="${href(lang, at.path('/rules/rates'))}">
        ${input(form, { name: 'validFrom', label: { ja: 'いつから', en: 'From' }, value: typed.validFrom, isNeeded: true }, 'date')}
        ${input(form, { name: 'source', label: { ja: '出典', en: 'Source' }, value: typed.source, isNeeded: true, help: { ja: '公開されます。たとえば「内閣府 無償労働の貨幣評価（2024）」。', en: 'Public: the publication the rates are taken from.' } })}
        ${area(form, { name: 'lines', label: { ja: '単価', en: 'Rates' }, value: typed.lines, help: { ja: '一行に一つ：分類の記号,一時間あたりの円。「*」はほかのすべて。例：「elderly,1650」「*,1500」。', en: 'One a line: category code, yen an hour; “*” for all others. “elderly,1650”, “*,1500”.' } }, AREA_ROWS)}
        ${buttons(lang, view)}
      </form>`,
  })
}
