// The first page of an appview that keeps the books of several municipalities: each with this year's help in one number.

import { href, say, type Lang } from './lang.ts'
import { layout, type Shell, type Town } from './layout.ts'
import { html, type Content } from './markup.ts'
import { block, pageHead, tiles } from './parts/block.ts'
import { dateText, fiscalYearText } from './parts/date.ts'
import { duration } from './parts/figure.ts'

/** `minutes` null: too few people to show a figure. */
export type TownRow = { readonly town: Town; readonly minutes: number | null }

export const townsPage = (shell: Shell, rows: readonly TownRow[]): string => {
  const { lang } = shell
  const lead = say(lang, {
    ja: '住民どうしの支え合いを、署名された記録から決算書にしています。',
    en: 'Residents’ mutual aid, made into statements from their signed records.',
  })
  const hours = ({ town, minutes }: TownRow): Content =>
    minutes === null
      ? html`<span class="small">${say(lang, { ja: '人数が少ないため載せていません', en: 'Too few people to show' })}</span>`
      : html`${duration(lang, minutes)}<span class="small soft nb">　${fiscalYearText(lang, town.year)}</span>`
  const partOf = (of: Lang, { partOf: into }: Town): Content =>
    into !== undefined &&
    html` <span class="small soft"
      ><span class="nb">${say(of, { ja: `${dateText('ja', into.on)}から`, en: `since ${dateText('en', into.on)} ` })}</span
      ><span class="nb">${say(of, into.names)}</span></span
    >`
  return layout(shell, {
    title: say(lang, { ja: '市町をえらぶ', en: 'Choose a municipality' }),
    place: 'home',
    description: lead,
    main: html`<div class="wrap">
      ${pageHead(say(lang, { ja: '市町の支え合い', en: 'Mutual aid by municipality' }), html`<p class="lead">${lead}</p>`)}${block(
        't1',
        say(lang, { ja: '市町をえらぶ', en: 'Choose a municipality' }),
        html`${tiles(rows.map((row) => [html`<a href="${href(lang, `/m/${row.town.code}`)}">${say(lang, row.town.names)}</a>${partOf(lang, row.town)}`, hours(row)]))}
          <p class="read"><a href="${href(lang, '/network/statement')}">${say(lang, { ja: 'すべての市町をあわせた決算書', en: 'All municipalities as one' })}</a></p>`,
      )}
    </div>`,
  })
}
