// What the other person sees: a place to type the code, and the act it stands for with the answer to it.

import { spokenCode } from '../../../confirm/codes.ts'
import { href, say, type Words } from '../lang.ts'
import { layout, type Shell, myWaCrumb } from '../layout.ts'
import { html, type Html } from '../markup.ts'
import { notice, pageHead } from '../parts/block.ts'
import { dayText } from '../parts/date.ts'
import { duration } from '../parts/figure.ts'
import { chip, icons } from '../parts/icon.ts'
import { categoryName } from '../words.ts'

const TITLE: Words = { ja: '番号で確かめる', en: 'Confirm by code' }

/** `problem`: why the code that was typed leads nowhere. */
export const enterCodePage = (shell: Shell, typed: string, problem: Words | null): string => {
  const { lang } = shell
  const title = say(lang, TITLE)
  const invalid = problem !== null && html` aria-invalid="true" aria-describedby="code-e"`
  return layout(shell, {
    title,
    place: 'me',
    own: true,
    crumbs: [myWaCrumb(lang), { path: '/c', label: title }],
    main: html`<div class="wrap">
      ${pageHead(title, null)}
      <form class="form" method="post" action="${href(lang, '/c')}">
        <div class="field">
          <label class="label" for="code">${say(lang, { ja: '相手の画面の番号', en: 'The code on the other person’s screen' })}</label>
          ${problem !== null && html`<p class="err" id="code-e">${icons.bad}${say(lang, problem)}</p>`}
          <input id="code" name="code" type="text" value="${typed}" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="20" ${invalid} />
          <p class="help">${say(lang, { ja: '英字と数字、8文字です。大文字・小文字は問いません。', en: 'Eight letters and digits, small or capital.' })}</p>
        </div>
        <p class="row"><button class="btn">${say(lang, { ja: '次へ', en: 'Next' })}</button></p>
      </form>
    </div>`,
  })
}

export type AnswerView = {
  readonly code: string
  readonly uri: string
  readonly cid: string
  readonly giver: string
  readonly performedOn: string
  readonly category: string
  readonly minutes: number
}

export const answerPage = (shell: Shell, view: AnswerView, problem: Words | null): string => {
  const { lang } = shell
  const title = say(lang, { ja: 'していただきましたか', en: 'Did you receive this?' })
  return layout(shell, {
    title,
    place: 'me',
    own: true,
    crumbs: [myWaCrumb(lang), { path: shell.path, label: title }],
    main: html`<div class="wrap">
      ${pageHead(title, html`<p class="lead">${spokenCode(view.code)}</p>`)}${problem !== null && notice('warn', say(lang, problem), null)}
      <section class="block" aria-labelledby="c1">
        <h2 id="c1">${view.giver}${say(lang, { ja: ' さんの記録', en: ' recorded' })}</h2>
        <p class="what">
          <span class="nb">${dayText(lang, view.performedOn)}</span>　<span class="nb">${say(lang, categoryName(view.category))}</span>　<b
            class="nb"
            >${duration(lang, view.minutes)}</b
          >
        </p>
        ${answerForm(shell, view)}
      </section>
    </div>`,
  })
}

const answerForm = ({ lang }: Shell, view: AnswerView): Html =>
  html`<form class="form" method="post" action="${href(lang, `/c/${view.code}`)}">
    <input type="hidden" name="uri" value="${view.uri}" /><input type="hidden" name="cid" value="${view.cid}" />
    <div class="field">
      <label class="label" for="minutes">${say(lang, { ja: '時間（分）', en: 'Minutes' })}</label>
      <input id="minutes" name="minutes" type="number" inputmode="numeric" min="1" max="${view.minutes}" value="${view.minutes}" />
      <p class="help">${say(lang, { ja: 'これより短かったときだけ、直してください。', en: 'Change it only if it was less.' })}</p>
    </div>
    <p class="row">${chip('lock', say(lang, { ja: 'あなたの名前は公開されません', en: 'Your name does not become public' }))}</p>
    <p class="read">
      ${say(lang, { ja: '市町が「確かめられた」とだけ公開します。あなたの決算書には、していただいた時間として載ります。', en: 'The municipality publishes only that it was confirmed. Your own statement shows it as received.' })}
    </p>
    <p class="row">
      <button class="btn big">${say(lang, { ja: 'していただいた', en: 'I received this' })}</button
      ><a class="btn text" href="${href(lang, '/me')}">${say(lang, { ja: '心当たりがない', en: 'I don’t recognise this' })}</a>
    </p>
  </form>`
