// The close: each fiscal year with its state, what is missing, its versions with their hashes; close and restate.

import { periodOfFiscalYear } from '../../../../journal/calendar.ts'
import { href, say, type Lang, type Words } from '../../lang.ts'
import { html, type Content, type Html } from '../../markup.ts'
import { block, fold, id as idText, notice } from '../../parts/block.ts'
import { dateText, fiscalYearText, instantText } from '../../parts/date.ts'
import { chip } from '../../parts/icon.ts'
import type { AtDesk } from '../door.ts'
import { area, choice, hidden, type Form } from '../fields.ts'
import { deskPage } from '../frame.ts'
import type { CloseView, YearView } from './gather-close.ts'

const REASON_ROWS = 3
const STATES: Readonly<Record<YearView['state'], { readonly kind: 'ok' | 'wait' | 'plain'; readonly words: Words }>> = {
  closed: { kind: 'ok', words: { ja: '締切済み', en: 'Closed' } },
  'on-its-way': { kind: 'wait', words: { ja: '公開の途中', en: 'On its way' } },
  open: { kind: 'wait', words: { ja: '締め切れます', en: 'Can be closed' } },
  early: { kind: 'plain', words: { ja: 'まだ締め切れません', en: 'Not yet' } },
}
const VERDICTS: Readonly<Record<YearView['versions'][number]['verdict'], { readonly kind: 'ok' | 'wait' | 'bad'; readonly words: Words }>> =
  {
    same: { kind: 'ok', words: { ja: '照合済み', en: 'Checked' } },
    differs: { kind: 'bad', words: { ja: '照合できません', en: 'Does not check' } },
    'other-rules': { kind: 'wait', words: { ja: '前の規則による版', en: 'By earlier rules' } },
    'no-table': { kind: 'wait', words: { ja: '照合待ち', en: 'Not checked yet' } },
  }

export const fieldAt =
  (year: number | null) =>
  (code: string): string | undefined => {
    if (code === 'restate.reason-missing' || code === 'restate.reason-too-long') return `why-${year}`
    if (code === 'restate.rates-unknown') return `rates-${year}`
    return code.startsWith('close.') || code.startsWith('restate.') ? `y${year}` : undefined
  }

const versions = (lang: Lang, at: AtDesk, { year, versions: all }: YearView): Html =>
  html`<div class="scroll">
    <table class="grid-t stack-t">
      <caption class="vh">${say(lang, { ja: '版', en: 'Versions' })}</caption>
      <thead>
        <tr>
          ${[
            { ja: '版', en: 'Version' },
            { ja: '記録簿に入った時刻', en: 'In the log' },
            { ja: '照合', en: 'Check' },
            { ja: '理由', en: 'Reason' },
            { ja: '要約値（SHA-256）', en: 'SHA-256' },
          ].map((words) => html`<th scope="col">${say(lang, words)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${all.map(
          ({ version, record, verdict, reason, hash, gaps }) =>
            html`<tr>
              <th scope="row" class="nb"><a href="${href(lang, `/m/${at.town.code}/${year}/v${version}`)}">${say(lang, { ja: `第${version}版`, en: `Version ${version}` })}</a></th>
              <td data-l="${say(lang, { ja: '時刻', en: 'In the log' })}">${instantText(lang, record.recordedAt)}</td>
              <td data-l="${say(lang, { ja: '照合', en: 'Check' })}">${chip(VERDICTS[verdict].kind, say(lang, VERDICTS[verdict].words))}</td>
              <td data-l="${say(lang, { ja: '理由', en: 'Reason' })}">${reason ?? '–'}${gaps > 0 && html` <span class="nb soft">${say(lang, { ja: `（${gaps}人の記録を除く）`, en: `(without ${gaps} repos)` })}</span>`}</td>
              <td data-l="SHA-256">${idText(hash)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`

const restateForm = (lang: Lang, at: AtDesk, view: CloseView, { year, versions: all }: YearView): Html => {
  const isThis = view.about === year
  const form: Form = { lang, reasons: isThis ? view.reasons : [], fieldOf: fieldAt(year) }
  const typed = (name: string): string => (isThis ? view.typed(name) : '')
  const tables = [
    { value: '', words: { ja: '前の版と同じ', en: 'As in the version before' } },
    // A table that begins after the year values none of its days.
    ...view.rates
      .filter(({ validFrom }) => validFrom <= periodOfFiscalYear(year).through)
      .map(({ uri, validFrom, source }) => ({
        value: uri,
        words: { ja: `${dateText('ja', validFrom)}から：${source}`, en: `since ${dateText('en', validFrom)}: ${source}` },
      })),
  ]
  return fold(
    say(lang, { ja: '訂正版を出す（修正再表示）', en: 'Restate (a new version)' }),
    html`<form class="form" method="post" action="${href(lang, at.path('/close/restate'))}">
      ${hidden('year', year)}
      ${area(form, { name: `why-${year}`, label: { ja: '理由', en: 'Reason' }, value: typed(`why-${year}`), isNeeded: true, help: { ja: '公開されます。前の版は、そのまま残ります。締め切り後の記録は入りません。', en: 'Public. The version before stays where it is. Nothing recorded after the cut-off comes in.' } }, REASON_ROWS)}
      ${choice(form, { name: `rates-${year}`, label: { ja: '単価表', en: 'Rate table' }, value: typed(`rates-${year}`) }, tables)}
      ${
        all.at(-1)?.verdict === 'differs' &&
        html`<label class="tick"
          ><input type="checkbox" name="correct-${year}" value="1"${typed(`correct-${year}`) !== '' && html` checked`} />${say(lang, { ja: '前の版は照合できません。いまの帳簿の数字に改めます。', en: 'The version before does not check: correct it to what the books make now.' })}</label
        >`
      }
      <p class="row"><button class="btn line">${say(lang, { ja: '訂正版を出す', en: 'Restate' })}</button></p>
    </form>`,
    isThis,
  )
}

const missing = (lang: Lang, { missing: repos, behind, lacking }: YearView): Content => [
  behind !== null &&
    notice(
      'warn',
      say(lang, { ja: '帳簿が締め切りまで届いていません', en: 'The books have not come to the cut-off' }),
      html`<p><span class="id">${behind}</span></p>`,
    ),
  repos.length > 0 &&
    html`<fieldset class="field">
      <legend class="label">${say(lang, { ja: `記録が届いていない方（${repos.length}人）`, en: `Records still missing (${repos.length})` })}</legend>
      <p class="help">${say(lang, { ja: '届くまで待つか、除いて締め切る方に印を付けます。除いた数は公開されます。', en: 'Wait for them, or tick those without whom you close. How many is public.' })}</p>
      ${repos.map(({ did, name }) => html`<label class="tick"><input type="checkbox" name="without-${did}" value="1" />${name}${name !== did && html` <span class="id">${did}</span>`}</label>`)}
    </fieldset>`,
  lacking !== null &&
    notice(
      'warn',
      say(lang, {
        ja: `窓口の記入${lacking.count}件の中身が、この帳簿にありません`,
        en: `These books lack what ${lacking.count} of the desk’s entries stand for`,
      }),
      html`<p>${say(lang, { ja: '裁定、世帯、開始残高などが数字に入っていません。バックアップから戻したあとなら、窓口でもう一度記入してください。', en: 'Rulings, households, openings and the like are not in the figures. After a restore from a backup, write them once more at the desk.' })}</p>
        <label class="tick"
          ><input type="checkbox" name="without-${lacking.did}" value="1" />${say(lang, { ja: '書き直しました。もとの記入を除いて締め切ります', en: 'They are written anew; close without the former ones' })}</label
        >`,
    ),
]

const closeForm = (lang: Lang, at: AtDesk, year: YearView, isMain: boolean): Html =>
  html`<form class="form" method="post" action="${href(lang, at.path('/close'))}">
    ${hidden('year', year.year)}${missing(lang, year)}
    <p class="read">${say(lang, { ja: '締め切ると、署名つきの決算書が公開されます。この版の数字は、あとから変わりません。', en: 'Closing publishes signed statements; the figures of this version never change afterwards.' })}</p>
    <p class="row"><button class="btn ${isMain ? 'big' : 'line'}">${say(lang, { ja: `${fiscalYearText('ja', year.year)}を締め切る`, en: `Close ${fiscalYearText('en', year.year)}` })}</button></p>
  </form>`

const yearBlock = (lang: Lang, at: AtDesk, view: CloseView, year: YearView, isMain: boolean): Html => {
  const { state } = year
  const from = dateText(lang, year.closableFrom)
  const body: Content = [
    state === 'early' &&
      html`<p class="read">${say(lang, { ja: `${from}の0時から締め切れます。それまでに届いた記録が入ります。`, en: `It can be closed from 00:00 on ${from}; what has arrived by then counts.` })}</p>`,
    state === 'on-its-way' &&
      html`<p class="read">${say(lang, { ja: '公開しているところです。少ししてから開き直してください。', en: 'It is being published; open this page again in a moment.' })}</p>`,
    state === 'open' &&
      (view.mayClose
        ? closeForm(lang, at, year, isMain)
        : html`<p class="read">${say(lang, { ja: '承認か管理の担当者が締め切ります。', en: 'An approver or administrator closes it.' })}</p>`),
    state === 'closed' && versions(lang, at, year),
    state === 'closed' && view.mayClose && html`<div>${restateForm(lang, at, view, year)}</div>`,
  ]
  const title = html`${say(lang, { ja: fiscalYearText('ja', year.year), en: `Fiscal year ${year.year}` })} ${chip(STATES[state].kind, say(lang, STATES[state].words))}`
  return block(`y${year.year}`, title, body)
}

export const closePage = (at: AtDesk, view: CloseView): string => {
  const { lang } = at.shell
  const first = view.years.findLast(({ state }) => state === 'open')
  return deskPage(at, {
    room: 'close',
    title: { ja: '年度の決算', en: 'Close of the year' },
    done: view.done,
    reasons: view.reasons,
    fieldOf: fieldAt(view.about),
    main: view.years.map((year) => yearBlock(lang, at, view, year, year === first)),
  })
}
