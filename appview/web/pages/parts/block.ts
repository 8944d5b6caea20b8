// The smaller building blocks of pages: sections, figures in tiles, key and value lists, notices, folds.

import { html, type Content, type Html } from '../markup.ts'
import { icons } from './icon.ts'

export const block = (id: string, title: Content, body: Content): Html =>
  html`<section class="block" aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    ${body}
  </section>`

export const pageHead = (title: Content, rest: Content): Html =>
  html`<div class="page-head">
    <h1>${title}</h1>
    ${rest}
  </div>`

export const tiles = (figures: readonly (readonly [Content, Content])[]): Html =>
  html`<dl class="tiles-3">
    ${figures.map(
      ([name, value]) =>
        html`<div class="fig">
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`

export const pairs = (rows: readonly (readonly [string, Content])[]): Html =>
  html`<dl class="kv">
    ${rows.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`

export const id = (value: string): Html => html`<span class="id">${value}</span>`

/** A command to be typed, broken before its options only. */
export const command = (text: string): Html =>
  html`<span class="id">${text.split(/ (?=--)/).map((part, i) => html`${i > 0 && ' '}<span class="nb">${part}</span>`)}</span>`

/** A notice: what happened, what is safe, what to do next. */
export const notice = (kind: 'ok' | 'warn' | 'bad' | 'calm', title: string, body: Content, alert = false): Html =>
  html`<div class="note ${kind}" ${alert && html` role="alert"`}>
    ${icons[kind === 'ok' ? 'ok' : kind === 'bad' ? 'bad' : 'wait']}
    <p class="t">${title}</p>
    ${body}
  </div>`

export const fold = (summary: Content, body: Content, isOpen = false): Html =>
  html`<details class="fold"${isOpen && html` open`}>
    <summary>${summary}</summary>
    <div class="in">${body}</div>
  </details>`
