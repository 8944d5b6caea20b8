// That a municipality has become part of another, as its pages say it.

import { href, say, type Lang, type Words } from './lang.ts'
import type { Town } from './layout.ts'
import { html, type Content } from './markup.ts'
import { notice } from './parts/block.ts'
import { dateText } from './parts/date.ts'

/** Null while it stands by itself. */
export const partOfText = ({ names, partOf }: Pick<Town, 'names' | 'partOf'>): Words | null =>
  partOf === undefined
    ? null
    : {
        ja: `${names.ja}は、${dateText('ja', partOf.on)}に${partOf.names.ja}の一部になりました。`,
        en: `On ${dateText('en', partOf.on)} ${names.en} became part of ${partOf.names.en}.`,
      }

export const partOfNotice = (lang: Lang, town: Town): Content => {
  const text = partOfText(town)
  if (text === null || town.partOf === undefined) return null
  const { code, names } = town.partOf
  const body = say(lang, {
    ja: 'それまでの帳簿はここに残り、その日からの数字は次のページにあります。',
    en: 'Its books until then stay here; figures from that day on are on this page:',
  })
  return notice('calm', say(lang, text), html`<p>${body} <a href="${href(lang, `/m/${code}`)}">${say(lang, names)}</a></p>`)
}
