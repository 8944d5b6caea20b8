// Plain texts of the site: what Waki is, how personal data is treated, how accessible the pages are.

import { say, type Words } from './lang.ts'
import { layout, type Shell } from './layout.ts'
import { html } from './markup.ts'
import { pageHead } from './parts/block.ts'

type Text = { readonly title: Words; readonly paragraphs: readonly Words[] }

export const plainTexts: Readonly<Record<'about' | 'privacy' | 'accessibility', Text>> = {
  about: {
    title: { ja: '和記について', en: 'About Waki' },
    paragraphs: [
      {
        ja: '和記は、住民どうしの支え合いを記録し、人と市町の決算書にまとめる仕組みです。',
        en: 'Waki records residents’ mutual aid and gathers it into statements of people and municipalities.',
      },
      {
        ja: '記録は、住民一人ひとりが自分の鍵で署名して、自分の記録の置き場（PDS）に持っています。',
        en: 'Each record is signed with its resident’s own key and kept in that resident’s own repository (PDS).',
      },
      {
        ja: '決算書の数字は、署名された記録と、記録簿の順番だけから計算されます。同じ記録からは、誰が計算しても同じ結果になります。',
        en: 'Figures come from signed records and their order in the log alone. From the same records, anyone computes the same figures.',
      },
      {
        ja: '「和の決算書」は、地方自治法の決算ではありません。分と参考円は、法的な債権・債務ではありません。',
        en: 'A Statement of Wa is not the statutory accounts. Minutes and reference yen are no legal claims or debts.',
      },
    ],
  },
  privacy: {
    title: { ja: '個人情報の扱い', en: 'Privacy' },
    paragraphs: [
      {
        ja: '住民の記録は、だれでも読める公開の記録です。分類・分数・日付・市町の4つだけを書きます。相手の名前や住所は書きません。',
        en: 'A resident’s records are public. They say category, minutes, date and municipality; no names or addresses of others.',
      },
      {
        ja: '一人ひとりの決算書は、本人にだけ見えます。本人が選んだときだけ、公開されます。',
        en: 'A person’s statement is shown to that person only, and to others only if they choose so.',
      },
      {
        ja: '人数の少ない数字は、ほかの分類に合わせて載せます。',
        en: 'Figures of few people are merged with others before they are shown.',
      },
      {
        ja: 'お知らせは、本人にだけ見えます。ほかの方の名前は書かれません。新しいものから500件、400日までを残します。',
        en: 'Notices are shown to their receiver only, and name nobody else. The newest 500 are kept, for 400 days at most.',
      },
      {
        ja: '記録を消すと、その内容はここからもすぐに消えます。合計は変わりません。',
        en: 'When you delete a record, its content disappears here at once. Totals do not change.',
      },
    ],
  },
  accessibility: {
    title: { ja: 'ウェブアクセシビリティ', en: 'Accessibility' },
    paragraphs: [
      {
        ja: 'どのページも、スクリプトなしで、キーボードだけで、400％の拡大でも使えます。',
        en: 'Every page works without script, by keyboard alone, and at 400 % zoom.',
      },
      {
        ja: 'WCAG 2.2 のレベルAAを目標にし、自動検査を毎回行っています。図には、同じ数字の表か文があります。',
        en: 'We aim at WCAG 2.2 level AA and check every change automatically. Each picture stands beside the same figures in words.',
      },
    ],
  },
}

export const plainPage = (shell: Shell, name: keyof typeof plainTexts): string => {
  const text = plainTexts[name]
  const title = say(shell.lang, text.title)
  return layout(shell, {
    title,
    place: null,
    main: html`<div class="wrap">
      ${pageHead(title, null)}
      <section class="block">${text.paragraphs.map((words) => html`<p class="read">${say(shell.lang, words)}</p>`)}</section>
    </div>`,
  })
}
