// For somebody who works at several desks: at which one now.

import type { PagesDeps } from '../deps.ts'
import { href, say } from '../lang.ts'
import { layout, type Shell } from '../layout.ts'
import { html } from '../markup.ts'
import { pageHead } from '../parts/block.ts'
import { townOf } from '../shells.ts'
import { deskPath } from './whose-desk.ts'

export const chooseDeskPage = async (deps: PagesDeps, shell: Shell, codes: readonly string[]): Promise<string> => {
  const towns = await Promise.all(codes.map((code) => townOf(deps, code)))
  const { lang } = shell
  const title = say(lang, { ja: '窓口', en: 'Desk' })
  return layout(shell, {
    title,
    place: 'desk',
    own: true,
    main: html`<div class="wrap">
      ${pageHead(title, html`<p class="lead">${say(lang, { ja: '窓口をえらんでください', en: 'Choose a desk' })}</p>`)}
      <ul class="links">
        ${towns.map(({ code, names }) => html`<li><a href="${href(lang, deskPath(code))}">${say(lang, names)}</a></li>`)}
      </ul>
    </div>`,
  })
}
