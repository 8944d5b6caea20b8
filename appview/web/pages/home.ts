// A municipality's home: this year's help in one number, how it spreads, the statement in short and how to check it.

import { say, href, type Lang } from './lang.ts'
import { emptyTown } from './empty-town.ts'
import { lackingNotice } from './lacking-notice.ts'
import { partOfNotice } from './part-of.ts'
import { layout, type Shell, type Town } from './layout.ts'
import { html, type Content, type Html } from './markup.ts'
import { categoryBars } from './parts/bars.ts'
import { block, id, notice, pairs, tiles } from './parts/block.ts'
import { eraDateText, fiscalYearText, instantText, monthText } from './parts/date.ts'
import { dotField } from './parts/dots.ts'
import { bigDuration, durationText, num } from './parts/figure.ts'
import { chip } from './parts/icon.ts'
import { monthColumns, type MonthHours } from './parts/months.ts'
import { MINUTES_COLUMN, statementTable, UNIT_MIN_YEN, YEN_COLUMN, type Row } from './parts/statement-table.ts'
import { categoryName, MERGED_OTHER } from './words.ts'
import { withVersion } from './versions.ts'

/** Minutes that people and the public of this town received, by category. */
export type CategoryMinutes = { readonly category: string; readonly forPeople: number; readonly forPublic: number }
export type KnownAt = { readonly origin: string; readonly leaf: number; readonly instant: string }
export type HomeView = {
  readonly town: Town
  readonly fiscalYear: number
  readonly from: string
  readonly through: string
  readonly closed: boolean
  readonly knownAt: KnownAt
  readonly hash: string
  /** Entries that the books behind these figures lack. */
  readonly lacking: number
  readonly categories: readonly CategoryMinutes[]
  /** How many categories stand within other, since they have too few people. */
  readonly merged: number
  /** Too few people for any figure of their own. */
  readonly hidden: boolean
  /** Too few people to tell apart what people and what the public received: all of it stands as for people. */
  readonly undivided: boolean
  readonly people: number
  readonly acts: number
  /** Whether acts have been confirmed since the instant of `knownAt`; asked for where there is none before it. */
  readonly actsSince: boolean
  readonly hostBodies: number
  readonly months: readonly MonthHours[]
  /** Null where the municipality's own part has too few people. */
  readonly cost: {
    readonly minutes: number
    /** Null: left out, since too few people stand behind it. */
    readonly yen: number | null
    readonly priorMinutes: number | null
    readonly priorYen: number | null
  } | null
  readonly years: readonly number[]
  /** The newest version of each year that has been closed. */
  readonly versions: ReadonlyMap<number, number | null>
  /** Months with a snapshot, `YYYY-MM`, newest first. */
  readonly monthList: readonly string[]
}

const sum = (rows: readonly CategoryMinutes[], part: 'forPeople' | 'forPublic'): number => rows.reduce((all, row) => all + row[part], 0)

const hero = (shell: Shell, view: HomeView, forPeople: number, forPublic: number): Html => {
  const { lang } = shell
  const town = say(lang, view.town.names)
  const year = fiscalYearText(lang, view.fiscalYear)
  const title = say(lang, { ja: `${year}、${town}の支え合い`, en: `Mutual aid in ${town}, ${year}` })
  return html`<div class="hero">
    <div class="wrap">
      <div class="say">
        <h1>${title}</h1>
        ${!view.hidden && html`<p class="huge">${bigDuration(lang, forPeople + forPublic)}</p>`}
        <p class="lead">
          ${say(lang, {
            ja: '住民どうしで、また地域のために行われ、受けた人や受入機関が確かめた時間です。',
            en: 'Help between residents and for the community, confirmed by those who received it or by host bodies.',
          })}
        </p>
        ${!view.closed && html`<p class="row">${chip('wait', say(lang, { ja: '速報・未監査', en: 'Provisional' }))}</p>`}
      </div>
      ${dotField(lang, forPeople, forPublic)}
    </div>
  </div>`
}

const plus = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a + b)

const costTable = (lang: Lang, cost: NonNullable<HomeView['cost']>): Html => {
  const rows: Row[] = [
    {
      name: { ja: '住民協働受入（公共のために）', en: 'Resident services received (public)' },
      figures: [cost.minutes, cost.yen],
    },
    { name: { ja: '過年度の住民協働受入', en: 'Of prior years' }, figures: [cost.priorMinutes, cost.priorYen] },
    {
      name: { ja: '純行政コスト', en: 'Net administrative cost' },
      style: 'end',
      figures: [plus(cost.minutes, cost.priorMinutes), plus(cost.yen, cost.priorYen)],
    },
  ]
  const table = statementTable(lang, {
    caption: { ja: '決算書の要約', en: 'Statement in short' },
    first: { ja: '科目', en: 'Account' },
    columns: [MINUTES_COLUMN, YEN_COLUMN],
    rows,
  })
  return html`<p class="unit">${say(lang, UNIT_MIN_YEN)}</p>
    ${table}`
}

const summary = (lang: Lang, view: HomeView): Html => {
  const period = say(lang, {
    ja: `${eraDateText(lang, view.from)}から${eraDateText(lang, view.through)}まで`,
    en: `${eraDateText(lang, view.from)} to ${eraDateText(lang, view.through)}`,
  })
  const few = say(lang, {
    ja: '公共のための行動は、人数が少ないため載せていません。',
    en: 'Acts for the public: too few people to show figures.',
  })
  return html`<div class="cols side">
    <div class="st">
      <p class="small soft">${period}</p>
      ${view.cost === null ? html`<p>${few}</p>` : costTable(lang, view.cost)}
      <p class="row">
        <a class="btn line" href="${href(lang, `/m/${view.town.code}/${view.fiscalYear}`)}"
          >${say(lang, { ja: '決算書をすべて見る', en: 'See the whole statement' })}</a
        >
      </p>
    </div>
    ${howToCheck(lang, view)}
  </div>`
}

const howToCheck = (lang: Lang, view: HomeView): Html => {
  const rows: [string, Content][] = [
    [say(lang, { ja: '記録の時点', en: 'Known at' }), instantText(lang, view.knownAt.instant)],
    [
      say(lang, { ja: '記録簿', en: 'Log' }),
      html`${id(view.knownAt.origin)} <span class="nb">${say(lang, { ja: '葉', en: 'leaf' })} ${num(view.knownAt.leaf)}</span>`,
    ],
    [say(lang, { ja: '要約値', en: 'Hash' }), id(`${view.hash.slice(0, 16)}…`)],
  ]
  const unsigned = say(lang, {
    ja: '記録簿の署名は、まだありません。要約値は同じ記録から誰でも計算できます。',
    en: 'The log is not signed yet. Anyone can compute this hash from the same records.',
  })
  return html`<div class="card">
    <h3>${say(lang, { ja: 'この決算書のたしかめ方', en: 'How to check this statement' })}</h3>
    ${pairs(rows)}
    <p class="small soft">${unsigned}</p>
  </div>`
}

const upperFirst = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)

const choose = (lang: Lang, view: HomeView): Html => {
  const link = (path: string, label: string): Html => html`<li><a href="${href(lang, path)}">${label}</a></li>`
  const base = `/m/${view.town.code}`
  return html`<div class="cols two">
    <div>
      <h3>${say(lang, { ja: '年度の決算書', en: 'By year' })}</h3>
      <ul class="links">
        ${view.years.map((year) => link(`${base}/${year}`, withVersion(lang, upperFirst(fiscalYearText(lang, year)), view.versions.get(year) ?? null)))}${view.years.length > 1 && link(`${base}/years`, say(lang, { ja: '年度をくらべる', en: 'Years side by side' }))}
      </ul>
    </div>
    <div>
      <h3>${say(lang, { ja: '月の速報（未監査）', en: 'By month (provisional)' })}</h3>
      <ul class="links flow">
        ${view.monthList.map((month) => link(`${base}/${month}`, monthText(lang, month)))}
      </ul>
    </div>
  </div>`
}

const chooseYear = (lang: Lang, view: HomeView): Html =>
  block('a5', say(lang, { ja: '年度と月を選ぶ', en: 'Choose a year or a month' }), choose(lang, view))

const body = (lang: Lang, view: HomeView): Html => {
  const unit = { people: say(lang, { ja: '人', en: '' }), acts: say(lang, { ja: '件', en: '' }), bodies: say(lang, { ja: '団体', en: '' }) }
  const bars = view.categories.map((row) => ({
    name: row.category === 'other' && view.merged > 0 ? MERGED_OTHER : categoryName(row.category),
    forPeople: row.forPeople,
    forPublic: row.forPublic,
    last: row.category === 'other',
  }))
  const merged = say(lang, {
    ja: `人数の少ない${view.merged}つの分類は、「その他」に含めています。`,
    en: `${view.merged} ${view.merged === 1 ? 'category has' : 'categories have'} too few people and ${view.merged === 1 ? 'is' : 'are'} included in “Other”.`,
  })
  const undivided = say(lang, {
    ja: '人のための時間と公共のための時間は、人数が少ないため分けて載せていません。',
    en: 'Too few people to tell help for people and for the public apart: all of it stands under “For people”.',
  })
  return html`<div class="wrap">
    ${block(
      'a1',
      say(lang, { ja: '数字でみる1年', en: 'The year in figures' }),
      tiles([
        [say(lang, { ja: '参加した人', en: 'People who took part' }), html`${num(view.people)}${unit.people}`],
        [say(lang, { ja: '確かめられた行動', en: 'Confirmed acts' }), html`${num(view.acts)}${unit.acts}`],
        [say(lang, { ja: '受入機関', en: 'Host bodies' }), html`${num(view.hostBodies)}${unit.bodies}`],
      ]),
    )}
    ${block('a2', say(lang, { ja: 'どんな支え合いがあったか', en: 'What kind of help' }), html`${categoryBars(lang, bars, { ja: '分類ごとの時間', en: 'Hours by category' })}${view.merged > 0 && html`<p class="small soft read">${merged}</p>`}${view.undivided && html`<p class="small soft read">${undivided}</p>`}`)}
    ${block('a3', say(lang, { ja: '月ごとの時間', en: 'Hours by month' }), monthColumns(lang, view.months))}
    ${block('a4', say(lang, { ja: '決算書の要約', en: 'The statement in short' }), summary(lang, view))}
    ${chooseYear(lang, view)}
    ${block(
      'a6',
      say(lang, { ja: 'データを受け取る', en: 'Take the data' }),
      html`<ul class="dl">
        <li>
          <a href="/m/${view.town.code}/${view.fiscalYear}.json"
            ><span>JSON</span><small>${say(lang, { ja: '検算用', en: 'to recompute' })}</small></a
          >
        </li>
      </ul>`,
    )}
  </div>`
}

/** The page of a town. `view.acts` 0 gives the page of an empty town, which says how to begin. */
export const homePage = (shell: Shell, view: HomeView): string => {
  const { lang } = shell
  const forPeople = sum(view.categories, 'forPeople')
  const forPublic = sum(view.categories, 'forPublic')
  const town = say(lang, view.town.names)
  const time = forPeople + forPublic
  // Nothing begins any more where a municipality is part of another.
  const isPart = view.town.partOf !== undefined
  const few = html`<div class="wrap">
    ${notice('calm', say(lang, { ja: '人数が少ないため載せていません', en: 'Too few people to show figures' }), html`<p>${say(lang, { ja: '参加する人が増えると、ここに数字が現れます。', en: 'Figures appear here when more people take part.' })}</p>`)}
  </div>`
  return layout(shell, {
    title: say(lang, {
      ja: `${fiscalYearText(lang, view.fiscalYear)}の支え合い`,
      en: `Mutual aid, ${fiscalYearText(lang, view.fiscalYear)}`,
    }),
    place: 'home',
    description: view.hidden
      ? say(lang, { ja: `${town}の支え合い`, en: `Mutual aid in ${town}` })
      : say(lang, {
          ja: `${town}の支え合いは、${fiscalYearText(lang, view.fiscalYear)}に${durationText('ja', time)}でした。`,
          en: `${durationText('en', time)} of mutual aid in ${town}, ${fiscalYearText(lang, view.fiscalYear)}.`,
        }),
    main: html`${hero(shell, view, forPeople, forPublic)}${(isPart || view.lacking > 0) && html`<div class="wrap"><section class="block">${partOfNotice(lang, view.town)}${lackingNotice(lang, view.lacking)}</section></div>`}${view.hidden ? few : view.acts > 0 ? body(lang, view) : isPart ? html`<div class="wrap">${chooseYear(lang, view)}</div>` : emptyTown(shell, view)}`,
  })
}
