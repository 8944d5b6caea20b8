// The few drawn signs of the pages. Each is decoration beside its word.

import { html, type Html } from '../markup.ts'

const sign = (drawing: Html): Html => html`<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">${drawing}</svg>`

export const icons = {
  ok: sign(
    html`<path
      d="M4 12.5l5 5L20 6.5"
      fill="none"
      stroke="currentColor"
      stroke-width="2.5"
      stroke-linecap="round"
      stroke-linejoin="round"
    />`,
  ),
  wait: sign(
    html`<circle cx="12" cy="12" r="9" fill="none" stroke="currentColor" stroke-width="2" /><path
        d="M12 7v5.5l3.5 2"
        fill="none"
        stroke="currentColor"
        stroke-width="2"
        stroke-linecap="round"
      />`,
  ),
  bad: sign(html`<path d="M6 6l12 12M18 6L6 18" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linecap="round" />`),
  lock: sign(
    html`<rect x="5" y="11" width="14" height="9" rx="2" fill="none" stroke="currentColor" stroke-width="2" /><path
        d="M8 11V8a4 4 0 018 0v3"
        fill="none"
        stroke="currentColor"
        stroke-width="2"
      />`,
  ),
  pen: sign(html`<path d="M4 20l1-4L16.5 4.5l3 3L8 19z" fill="none" stroke="currentColor" stroke-width="2" stroke-linejoin="round" />`),
} as const

export const brandMark = html`<svg viewBox="0 0 32 32" aria-hidden="true" focusable="false">
  <circle cx="12" cy="16" r="9.5" fill="none" stroke="currentColor" stroke-width="3" />
  <circle cx="20" cy="16" r="9.5" fill="none" stroke="currentColor" stroke-width="3" />
</svg>`

/** A state in a word, with its sign. */
export const chip = (kind: 'ok' | 'wait' | 'bad' | 'lock' | 'plain', word: string): Html =>
  kind === 'plain' ? html`<span class="chip">${word}</span>` : html`<span class="chip ${kind}">${icons[kind]}${word}</span>`
