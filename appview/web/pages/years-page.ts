// A municipality's years beside each other: what its people gave and received, one line a year, oldest first.

import { href, say, type Words } from './lang.ts'
import { layout, type Page, type Shell, type Town } from './layout.ts'
import { html } from './markup.ts'
import { block, pageHead } from './parts/block.ts'
import { chip } from './parts/icon.ts'
import { pairBars } from './parts/pair-bars.ts'

export type YearRow = {
  readonly name: Words
  readonly path: string
  readonly closed: boolean
  /** Minutes; null: too few people to show. */
  readonly given: number | null
  readonly received: number | null
}
export type YearsView = { readonly town: Town; readonly years: readonly YearRow[]; readonly crumbs: NonNullable<Page['crumbs']> }

const TITLE: Words = { ja: '年度をくらべる', en: 'Years side by side' }

export const yearsPage = (shell: Shell, { town, years, crumbs }: YearsView): string => {
  const { lang } = shell
  const lead = say(lang, {
    ja: `${town.names.ja}に住む人たちが、した時間と、していただいた時間です。年度は4月から翌年3月までです。`,
    en: `What the people of ${town.names.en} gave and received. A fiscal year runs from April to March.`,
  })
  const provisional = chip('wait', say(lang, { ja: '速報', en: 'provisional' }))
  const rows = years.map(({ name, path, closed, given, received }) => ({
    name: html`<a href="${href(lang, path)}">${say(lang, name)}</a>${!closed && html` ${provisional}`}`,
    given,
    received,
  }))
  return layout(shell, {
    title: `${say(lang, TITLE)} ${say(lang, town.names)}`,
    place: null,
    crumbs,
    description: lead,
    main: html`<div class="wrap">
      ${pageHead(
        say(lang, TITLE),
        html`<p class="lead">${say(lang, town.names)}</p>
          <p class="read">${lead}</p>`,
      )}
      ${block('years', say(lang, { ja: '年度ごと', en: 'Year by year' }), pairBars(lang, { caption: TITLE, first: { ja: '年度', en: 'Fiscal year' }, rows }))}
      <p class="read small">
        ${say(lang, { ja: '多いほど良いというものではありません。人数や制度の広がり、災害や行事のあった年かどうかでも変わります。差は、ほかの市町との間の支え合いです。', en: 'More is not better: the figures also follow how many take part, and what kind of year it was. Differences passed between this and other municipalities.' })}
      </p>
    </div>`,
  })
}
