// The first page of an appview that keeps the books of several municipalities.

import { href, say } from './lang.ts'
import { layout, type Shell, type Town } from './layout.ts'
import { html } from './markup.ts'
import { block, pageHead } from './parts/block.ts'

export const townsPage = (shell: Shell, towns: readonly Town[]): string => {
  const { lang } = shell
  const lead = say(lang, {
    ja: '住民どうしの支え合いを、署名された記録から決算書にしています。市町を選んでください。',
    en: 'Residents’ mutual aid, made into statements from their signed records. Choose a municipality.',
  })
  const rows = towns.map((town) => html`<li><a href="${href(lang, `/m/${town.code}`)}">${say(lang, town.names)}</a></li>`)
  return layout(shell, {
    title: say(lang, { ja: '市町をえらぶ', en: 'Choose a municipality' }),
    place: 'home',
    description: lead,
    main: html`<div class="wrap">
      ${pageHead(say(lang, { ja: '市町の支え合い', en: 'Mutual aid by municipality' }), html`<p class="lead">${lead}</p>`)}${block(
        't1',
        say(lang, { ja: '市町', en: 'Municipalities' }),
        html`<ul class="links">
          ${rows}
        </ul>`,
      )}
    </div>`,
  })
}
