// The frame of every page: head, ribbon, header with both languages, breadcrumb, footer. Reads whole without script.

import { href, say, type Lang, type Words } from './lang.ts'
import { html, type Content, type Html } from './markup.ts'
import { brandMark } from './parts/icon.ts'
import { BRAND, MY_WA } from './words.ts'

/** `year`: the fiscal year whose statement the menu leads to. */
/** `partOf`: what it has become part of, and when. */
export type Town = {
  readonly code: string
  readonly names: Words
  readonly year: number
  readonly partOf?: { readonly code: string; readonly names: Words; readonly on: string }
}
export type Place = 'home' | 'statement' | 'network' | 'me' | 'record' | 'desk' | 'sign-in' | 'notices' | null

/** What a page is told about its surroundings. */
export type Shell = {
  readonly lang: Lang
  /** This page's address without the language. */
  readonly path: string
  readonly publicUrl: string
  readonly styleUrl: string
  readonly town: Town | null
  /** Handle of the signed-in person, how many confirmations they are asked for, and how many notices they have not seen. */
  readonly person: { readonly handle: string; readonly asks: number; readonly unread: number } | null
  /** Of somebody who works at a desk: its address. */
  readonly desk?: string
  /** The books hold sample data, for ever: their origin is named demo/…. */
  readonly sample: boolean
}

export type Crumb = { readonly path: string; readonly label: string }

export type Page = {
  readonly title: string
  readonly place: Place
  readonly crumbs?: readonly Crumb[]
  readonly description?: string
  /** Only its owner may see it: kept out of search engines and caches. */
  readonly own?: boolean
  readonly main: Content
}

/** Where one's own pages begin. */
export const myWaCrumb = (lang: Lang): Crumb => ({ path: '/me', label: say(lang, MY_WA) })

const NAV_TOWN = (town: Town | null): string => (town === null ? '/' : `/m/${town.code}`)

const menu = (shell: Shell, page: Page): Html => {
  const { lang, town, person } = shell
  const entry = (place: Place, path: string, words: Words, count = 0): Html =>
    html`<li>
      <a href="${href(lang, path)}" ${page.place === place && html` aria-current="page"`}
        >${say(lang, words)}${count > 0 && html`<span class="n">${count}<span class="vh">${say(lang, { ja: '件', en: ' waiting' })}</span></span>`}</a
      >
    </li>`
  const ours =
    person === null
      ? html`${entry('home', NAV_TOWN(town), { ja: 'ホーム', en: 'Home' })}${town !== null && entry('statement', `/m/${town.code}/${town.year}`, { ja: '決算書', en: 'Statement' })}${entry('network', '/network', { ja: 'ネットワーク', en: 'Network' })}${entry('sign-in', '/sign-in', { ja: 'サインイン', en: 'Sign in' })}`
      : html`${entry('me', '/me', MY_WA)}${entry('record', '/me/record', { ja: '記録する', en: 'Record' })}${entry(null, '/me#asks', { ja: '確認', en: 'Asks' }, person.asks)}${entry('notices', '/me/notices', { ja: 'お知らせ', en: 'Notices' }, person.unread)}${entry('home', NAV_TOWN(town), { ja: '決算書', en: 'Statements' })}${shell.desk !== undefined && entry('desk', shell.desk, { ja: '窓口', en: 'Desk' })}`
  return html`<nav class="nav" aria-label="${say(lang, { ja: '主なメニュー', en: 'Main menu' })}">
    <ul>
      ${ours}
    </ul>
  </nav>`
}

const languages = (shell: Shell): Html => {
  const other: Lang = shell.lang === 'ja' ? 'en' : 'ja'
  const names = { ja: '日本語', en: 'English' }
  const here = html`<li><span aria-current="true">${names[shell.lang]}</span></li>`
  const there = html`<li><a href="${href(other, shell.path)}" hreflang="${other}" lang="${other}">${names[other]}</a></li>`
  return html`<nav class="lang" aria-label="言語 Language">
    <ul>
      ${shell.lang === 'ja' ? [here, there] : [there, here]}
    </ul>
  </nav>`
}

const crumbs = (shell: Shell, page: Page): Content => {
  if (page.crumbs === undefined || page.crumbs.length === 0) return null
  const last = page.crumbs.length - 1
  const items = page.crumbs.map(({ path, label }, i) =>
    i === last ? html`<li aria-current="page">${label}</li>` : html`<li><a href="${href(shell.lang, path)}">${label}</a></li>`,
  )
  return html`<div class="wrap">
    <nav class="crumbs" aria-label="${say(shell.lang, { ja: '現在位置', en: 'Breadcrumb' })}">
      <ol>
        ${items}
      </ol>
    </nav>
  </div>`
}

const head = (shell: Shell, page: Page): Html => {
  const { lang, publicUrl, path } = shell
  const title = `${page.title}｜${say(lang, BRAND)}${shell.town === null ? '' : ` ${say(lang, shell.town.names)}`}`
  const search =
    page.own === true
      ? html`<meta name="robots" content="noindex" />`
      : html`<link rel="alternate" hreflang="ja" href="${publicUrl}${path}" />
          <link rel="alternate" hreflang="en" href="${publicUrl}${href('en', path)}" /> <meta property="og:title" content="${title}" />
          <meta property="og:type" content="article" /><meta property="og:url" content="${publicUrl}${href(lang, path)}" />
          <meta property="og:locale" content="${lang === 'ja' ? 'ja_JP' : 'en_GB'}" />
          ${page.description !== undefined && html`<meta name="description" content="${page.description}" /><meta property="og:description" content="${page.description}" />`}`
  return html`<meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${title}</title>
    ${search}
    <link rel="stylesheet" href="${shell.styleUrl}" />`
}

const ribbon = (shell: Shell): Content =>
  shell.sample &&
  html`<div class="sample" role="note" aria-label="${say(shell.lang, { ja: '見本について', en: 'About this sample' })}">
    <div class="wrap">
      <b>${say(shell.lang, { ja: '見本データ', en: 'Sample data' })}</b
      ><span>${say(shell.lang, { ja: '実在の人や決算とは関係ありません', en: 'No real people, no real accounts' })}</span>
    </div>
  </div>`

const footer = (lang: Lang): Html =>
  html`<footer class="foot">
    <div class="wrap">
      <ul>
        <li><a href="${href(lang, '/about')}">${say(lang, { ja: '和記について', en: 'About Waki' })}</a></li>
        <li><a href="${href(lang, '/privacy')}">${say(lang, { ja: '個人情報の扱い', en: 'Privacy' })}</a></li>
        <li><a href="${href(lang, '/accessibility')}">${say(lang, { ja: 'ウェブアクセシビリティ', en: 'Accessibility' })}</a></li>
        <li><a href="${href(lang, '/network')}">${say(lang, { ja: 'ネットワークの状態', en: 'Network status' })}</a></li>
      </ul>
      <p>
        ${say(lang, { ja: '「和の決算書」は、住民どうしの支え合いの記録をまとめたものです。地方自治法の決算ではありません。', en: 'A Statement of Wa gathers the records of residents’ mutual aid. It is not the statutory accounts.' })}
      </p>
    </div>
  </footer>`

/** The whole document. */
export const layout = (shell: Shell, page: Page): string => {
  const { lang, town } = shell
  return html`<!doctype html>
    <html lang="${lang}">
      <head>
        ${head(shell, page)}
      </head>
      <body>
        <a class="skip" href="#main">${say(lang, { ja: '本文へ移動', en: 'Skip to the text' })}</a>
        <header>
          ${ribbon(shell)}
          <div class="top">
            <div class="wrap">
              <a class="brand" href="${href(lang, NAV_TOWN(town))}"
                >${brandMark}<span class="name">${say(lang, BRAND)}</span
                >${town !== null && html`<span class="town">${say(lang, town.names)}</span>`}</a
              >
              ${menu(shell, page)} ${languages(shell)}
            </div>
          </div>
        </header>
        <main id="main">${crumbs(shell, page)}${page.main}</main>
        ${footer(lang)}
      </body>
    </html> `.text
}
