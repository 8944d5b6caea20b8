// Cards that lead to files: the form in large, what it is for in small.

import { say, type Lang, type Words } from '../lang.ts'
import { html, type Html } from '../markup.ts'

export type DownloadCard = { readonly path: string; readonly form: string; readonly use: Words }

export const downloadCards = (lang: Lang, cards: readonly DownloadCard[]): Html =>
  html`<ul class="dl">
    ${cards.map(
      ({ path, form, use }) =>
        html`<li>
          <a href="${path}"><span>${form}</span><small>${say(lang, use)}</small></a>
        </li>`,
    )}
  </ul>`

/** The three forms of a statement at addresses that differ in their end alone. */
export const statementCards = (path: string): readonly DownloadCard[] => [
  { path: `${path}.csv`, form: 'CSV', use: { ja: '表計算ソフト用', en: 'for spreadsheets' } },
  { path: `${path}.xlsx`, form: 'XLSX', use: { ja: 'Excel 用', en: 'for Excel' } },
  { path: `${path}.pdf`, form: 'PDF', use: { ja: 'A4・印刷用', en: 'A4, in Japanese' } },
]

/** One's own files of a fiscal year, and the journal from its beginning. */
export const ownCards = (fiscalYear: number): readonly DownloadCard[] => [
  ...statementCards(`/me/export/statement-${fiscalYear}`).map((card) => ({
    ...card,
    use: { ja: `決算書・${card.use.ja}`, en: `statement, ${card.use.en}` },
  })),
  { path: `/me/export/statement-${fiscalYear}.json`, form: 'JSON', use: { ja: '決算書・検算用', en: 'statement, to check' } },
  { path: '/me/export/journal-all.csv', form: 'CSV', use: { ja: '仕訳帳', en: 'journal' } },
  { path: '/me/export/journal-all.hledger', form: 'hledger', use: { ja: '仕訳帳', en: 'journal' } },
  { path: '/me/export/journal-all.beancount', form: 'Beancount', use: { ja: '仕訳帳', en: 'journal' } },
  { path: `/me/export/trial-balance-${fiscalYear}.csv`, form: 'CSV', use: { ja: '試算表', en: 'trial balance' } },
]
