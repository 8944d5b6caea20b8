// What the colours of a picture stand for.

import { html, type Content, type Html } from '../markup.ts'

const entry = (colour: 'd1' | 'd2', name: string): Html => html`<li>
  <svg viewBox="0 0 10 10" aria-hidden="true" focusable="false"><rect class="${colour}" width="10" height="10" rx="2" /></svg>${name}
</li>`

/** `more`: a further entry without a colour. */
export const colourKey = (first: string, second: string, more: Content = ''): Html =>
  html`<ul class="key">
    ${entry('d1', first)}${entry('d2', second)}${more !== '' && html`<li class="soft">${more}</li>`}
  </ul>`
