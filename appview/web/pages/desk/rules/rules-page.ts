// The rules in force: policy and rate table, and those published for later.

import type { Policy, RateTable } from '../../../../journal/documents.ts'
import { href, say, type Lang, type Words } from '../../lang.ts'
import { html, type Content, type Html } from '../../markup.ts'
import { block, pairs } from '../../parts/block.ts'
import { dateText } from '../../parts/date.ts'
import { num } from '../../parts/figure.ts'
import { categoryName } from '../../words.ts'
import type { AtDesk } from '../door.ts'
import { deskPage } from '../frame.ts'
import type { Figure, Figures } from './rule-input.ts'

export type RulesView = {
  readonly rules: Figures
  /** Null: no policy yet, so that what every town begins with holds. */
  readonly policy: Policy | null
  readonly later: readonly Policy[]
  readonly rates: RateTable | null
  readonly laterRates: readonly RateTable[]
  readonly mayPublish: boolean
  readonly done: Words | null
}

export const FIGURE_WORDS: Readonly<Record<Figure, Words>> = {
  timeLevel: { ja: '時間を数えるのに要る確認の段階', en: 'Level of confirmation needed for time' },
  claimDays: { ja: '確認を待つ日数', en: 'Days a claim waits for confirmation' },
  actDays: { ja: '行ってから記録できる日数', en: 'Days after the act it may be recorded' },
  minutesPerAct: { ja: '一回の上限（分）', en: 'Most minutes of one act' },
  minutesPerDay: { ja: '一日の上限（分）', en: 'Most minutes of one day' },
  earnersPerThousand: { ja: '月ごとに見直す、時間の多い方（千人あたり）', en: 'Looked at each month, of a thousand who gave' },
}
export const MODES: readonly { readonly value: string; readonly words: Words }[] = [
  { value: 'none', words: { ja: 'none：時間だけを数える', en: 'none: time only' } },
  { value: 'earn', words: { ja: 'earn：和貨を受け取る', en: 'earn: points are earned' } },
  { value: 'pledge', words: { ja: 'pledge：和貨を約束する', en: 'pledge: points are pledged' } },
]

const figures = (lang: Lang, rules: Figures): Html =>
  pairs([
    [say(lang, FIGURE_WORDS.timeLevel), num(rules.timeLevel)],
    [say(lang, FIGURE_WORDS.claimDays), num(rules.claimDays)],
    [say(lang, FIGURE_WORDS.actDays), num(rules.actDays)],
    [say(lang, FIGURE_WORDS.minutesPerAct), num(rules.minutesPerAct)],
    [say(lang, FIGURE_WORDS.minutesPerDay), num(rules.minutesPerDay)],
    [say(lang, FIGURE_WORDS.earnersPerThousand), num(rules.earnersPerThousand)],
  ])

/** Categories that a table does not name have the rate of `*`. */
export const rateName = (lang: Lang, category: string): string =>
  say(lang, category === '*' ? { ja: 'ほかのすべて', en: 'All others' } : categoryName(category))

const rateTable = (lang: Lang, { yenPerHour, source }: RateTable): Html =>
  html`<div class="scroll">
      <table class="grid-t read">
        <caption class="vh">${say(lang, { ja: '一時間あたりの単価', en: 'Yen an hour' })}</caption>
        <thead>
          <tr>
            <th scope="col">${say(lang, { ja: '分類', en: 'Category' })}</th>
            <th scope="col" class="r">${say(lang, { ja: '円／時間', en: 'Yen an hour' })}</th>
          </tr>
        </thead>
        <tbody>
          ${Object.entries(yenPerHour).map(
            ([category, yen]) =>
              html`<tr>
                <th scope="row">${rateName(lang, category)}</th>
                <td class="r">${num(yen)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <p class="soft">${say(lang, { ja: '出典：', en: 'Source: ' })}${source}</p>`

const since = (lang: Lang, day: string): Html =>
  html`<p class="read">${say(lang, { ja: `${dateText('ja', day)}から`, en: `Since ${dateText('en', day)}` })}</p>`

const laterList = (lang: Lang, days: readonly string[]): Content =>
  days.length > 0 &&
  html`<p class="read">${say(lang, { ja: '公開済みで、これから始まるもの：', en: 'Published, still to begin: ' })}${days.map((day) => dateText(lang, day)).join(say(lang, { ja: '、', en: ', ' }))}</p>`

export const rulesPage = (at: AtDesk, view: RulesView): string => {
  const { lang } = at.shell
  const { policy, rates } = view
  const first = {
    ja: 'まだ公開していません。どの自治体も、はじめは次のきまりです。',
    en: 'None published. Every municipality begins with these.',
  }
  return deskPage(at, {
    room: 'rules',
    title: { ja: 'きまり', en: 'Rules' },
    done: view.done,
    main: html`${block(
      'k1',
      say(lang, { ja: '制度', en: 'Policy' }),
      html`${policy === null ? html`<p class="read">${say(lang, first)}</p>` : since(lang, policy.effectiveFrom)}${figures(lang, view.rules)}${laterList(
        lang,
        view.later.map(({ effectiveFrom }) => effectiveFrom),
      )}
        <p class="row"><a class="btn${!view.mayPublish && ' line'}" href="${href(lang, at.path('/rules/policy'))}">${say(lang, { ja: '制度を改める', en: 'Change the policy' })}</a></p>`,
    )}
    ${block(
      'k2',
      say(lang, { ja: '単価表', en: 'Rate table' }),
      html`${rates === null ? html`<p class="read">${say(lang, { ja: 'まだ公開していません。参考円は載りません。', en: 'None published; no yen are shown.' })}</p>` : html`${since(lang, rates.validFrom)}${rateTable(lang, rates)}`}${laterList(
        lang,
        view.laterRates.map(({ validFrom }) => validFrom),
      )}
        <p class="row"><a class="btn line" href="${href(lang, at.path('/rules/rates'))}">${say(lang, { ja: '単価表を改める', en: 'Change the rate table' })}</a></p>`,
    )}`,
  })
}
