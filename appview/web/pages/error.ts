// Pages for when something is not there or not possible: what happened, what is safe, what to do next.
// Missing, withdrawn and private look exactly alike.

import { href, say, type Words } from './lang.ts'
import { layout, type Shell } from './layout.ts'
import { html } from './markup.ts'
import { block, id, pageHead } from './parts/block.ts'

export type Problem = 'not-found' | 'busy' | 'broken' | 'refused' | 'no-pds'

const texts: Readonly<Record<Problem, { readonly title: Words; readonly lead: Words }>> = {
  'not-found': {
    title: { ja: 'ページが見つかりません', en: 'Page not found' },
    lead: {
      ja: 'アドレスがちがうか、記録が取り下げられたか、公開されていないページです。',
      en: 'The address is wrong, or the record was withdrawn, or the page is not public.',
    },
  },
  busy: {
    title: { ja: 'いまは決算書を出せません', en: 'The statement is not ready' },
    lead: {
      ja: '帳簿を読みこんでいます。あと数分で出せます。記録は受け取り続けています。',
      en: 'The books are being read; try again in a few minutes. Records are still being received.',
    },
  },
  broken: {
    title: { ja: 'ページを出せませんでした', en: 'The page could not be shown' },
    lead: { ja: 'こちらの不具合です。記録は失われていません。', en: 'The fault is ours. No record is lost.' },
  },
  'no-pds': {
    title: { ja: '記録の置き場が受け取りませんでした', en: 'Your server did not take it' },
    lead: {
      ja: 'あなたの記録の置き場（PDS）から返事がないか、断られました。何も書き込まれていません。少したってから、もう一度お試しください。',
      en: 'The server of your records (PDS) does not answer, or refused. Nothing was written. Try again in a while.',
    },
  },
  refused: {
    title: { ja: '送られた内容を受け取れませんでした', en: 'What was sent could not be taken' },
    lead: {
      ja: '何も書き込まれていません。前の画面にもどって、もう一度お試しください。',
      en: 'Nothing was written. Go back and try again.',
    },
  },
}

/** `reference` is what the log line of this answer carries, for whoever asks about it. */
export const errorPage = (shell: Shell, problem: Problem, reference: string): string => {
  const { lang } = shell
  const { title, lead } = texts[problem]
  const home = shell.town === null ? '/' : `/m/${shell.town.code}`
  const links = html`<ul class="links">
    <li><a href="${href(lang, home)}">${say(lang, { ja: 'ホームへ', en: 'To the first page' })}</a></li>
    <li>
      <a href="${href(lang, '/sign-in')}"
        >${say(lang, { ja: '自分の記録なら、サインインして見る', en: 'For records of your own, sign in' })}</a
      >
    </li>
    <li><a href="${href(lang, '/network')}">${say(lang, { ja: 'ネットワークの状態を見る', en: 'See the network’s status' })}</a></li>
  </ul>`
  return layout(shell, {
    title: say(lang, title),
    place: null,
    own: true,
    main: html`<div class="wrap">
      ${pageHead(say(lang, title), html`<p class="lead">${say(lang, lead)}</p>`)}
      ${block('e1', say(lang, { ja: '次のことを試してください', en: 'What to do next' }), links)}
      ${block('e2', say(lang, { ja: '困ったとき', en: 'If it does not help' }), html`<p class="read">${say(lang, { ja: '問い合わせのときは、この番号を伝えてください。', en: 'Quote this number when you ask for help.' })} <span class="nb">${say(lang, { ja: '受付番号', en: 'Reference' })} ${id(reference)}</span></p>`)}
    </div>`,
  })
}
