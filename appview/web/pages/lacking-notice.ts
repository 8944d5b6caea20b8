// That books which everybody's records alone have made may say something else than those of the municipality's desk: they lack what its entries stand for.

import type { PagesDeps } from './deps.ts'
import { say, type Lang, type Words } from './lang.ts'
import { html, type Content } from './markup.ts'
import { notice } from './parts/block.ts'
import { numText } from './parts/figure.ts'

/** How many entries of these municipalities; of figures that are signed none is asked for. */
export const lackingOf = async (deps: Pick<PagesDeps, 'entriesLacking'>, codes: readonly string[], isSealed: boolean): Promise<number> =>
  isSealed ? 0 : ((await deps.entriesLacking?.(codes)) ?? 0)

export const LACKING_TITLE: Words = { ja: 'この帳簿にない記入', en: 'Entries these books lack' }

export const lackingText = (count: number): Words => ({
  ja: `窓口の非公開の記入${numText(count)}件の中身が、この帳簿にはありません。自治体の帳簿とは数字が違うことがあります。`,
  en: `What ${numText(count)} private ${count === 1 ? 'entry of a desk stands' : 'entries of desks stand'} for is not in these books. The municipality’s own may say other figures.`,
})

export const lackingNotice = (lang: Lang, count: number): Content =>
  count === 0 ? null : notice('warn', say(lang, LACKING_TITLE), html`<p>${say(lang, lackingText(count))}</p>`)
