// Sign-in. Reading needs none. The person says who they are; the password is given at their own server, and never here.

import { href, say, type Lang, type Words } from './lang.ts'
import { layout, type Shell } from './layout.ts'
import { html, type Html } from './markup.ts'
import { block, command, notice, pageHead } from './parts/block.ts'

/** What the page has to say first; 'bad' when the form is to be filled in again. */
export type SignInNotice = { readonly kind: 'bad' | 'warn' | 'calm'; readonly title: Words; readonly text: Words }

export type SignInView = {
  readonly identifier: string
  readonly notice: SignInNotice | null
  readonly possible: boolean
  /** A network of one machine: there the command makes accounts. */
  readonly isLocal: boolean
  readonly next: string
}

const steps: readonly Words[] = [
  {
    ja: 'あなたの記録の置き場（PDS）の画面に移ります。',
    en: 'You go on to a page of the server that keeps your records (PDS).',
  },
  { ja: 'パスワードは、そこで入れます。ここには渡りません。', en: 'You enter your password there. It is not given to this site.' },
  {
    ja: 'このサイトがあなたに代わって書けるもの（行動・確認・見え方）を確かめて許すと、ここに戻ります。',
    en: 'You see what this site may write for you (acts, confirmations, who may see them), allow it, and come back here.',
  },
  {
    ja: '許したことは、いつでも記録の置き場の画面で取り消せます。',
    en: 'You can take back what you allowed at any time, on the pages of your server.',
  },
]

const field = (lang: Lang, { identifier, notice: what }: SignInView): Html => html`<div class="field">
  <label class="label" for="identifier"
    >${say(lang, { ja: 'ハンドル', en: 'Handle' })}<span class="need">${say(lang, { ja: '※必須', en: 'required' })}</span></label
  >
  <p class="help" id="identifier-h">
    ${say(lang, { ja: '登録のときに決めた、点の入った名前です。例：aoi.pds1.test', en: 'The name with dots from your registration, for example aoi.pds1.test' })}
  </p>
  <input
    id="identifier"
    class="wide"
    type="text"
    name="identifier"
    value="${identifier}"
    autocomplete="username"
    autocapitalize="none"
    autocorrect="off"
    spellcheck="false"
    inputmode="url"
    required
    ${what?.kind === 'bad' && html` aria-invalid="true"`}
    aria-describedby="identifier-h"
  />
</div>`

const said = (lang: Lang, { notice: what }: SignInView): Html | false =>
  what !== null && notice(what.kind, say(lang, what.title), html`<p>${say(lang, what.text)}</p>`, true)

const form = (lang: Lang, view: SignInView): Html => html`<form class="form" method="post" action="${href(lang, '/sign-in')}">
  <input type="hidden" name="next" value="${view.next}" />${said(lang, view)}${field(lang, view)}
  <p class="row"><button class="btn big">${say(lang, { ja: '次へ', en: 'Next' })}</button></p>
</form>`

const closed = (lang: Lang): Html =>
  notice(
    'calm',
    say(lang, { ja: 'ここではサインインできません', en: 'Sign-in is not available here' }),
    html`<p>
      ${say(lang, { ja: 'このサイトは暗号化された通信（https）で開かれていないため、サインインを受けつけません。', en: 'This site is not reached over https, so it takes no sign-in.' })}
    </p>`,
  )

const noAccount = (lang: Lang, isLocal: boolean): Html => html`<p class="read">
    ${say(lang, {
      ja: 'ハンドルがわからないときは、記録の置き場のアドレス（https:// で始まるもの）を入れても進めます。',
      en: 'Without your handle, enter the address of your server (it begins with https://).',
    })}
  </p>
  <p class="read">
    ${say(lang, { ja: 'ATProto のアカウントなら、どこで作ったものでも使えます。', en: 'Any ATProto account will do, wherever it was made.' })}
    ${isLocal && say(lang, { ja: 'このネットワークでは、次の命令で作れます。', en: 'In this network this command makes one:' })}
  </p>
  ${isLocal && html`<p class="read">${command('npx waki account create --handle you.pds1.test')}</p>`}`

export const signInPage = (shell: Shell, view: SignInView): string => {
  const { lang } = shell
  const title = say(lang, { ja: 'サインイン', en: 'Sign in' })
  return layout(shell, {
    title,
    place: 'sign-in',
    own: true,
    main: html`<div class="wrap">
      ${pageHead(title, html`<p class="lead">${say(lang, { ja: '記録する・確かめる・自分の決算書を見るときに使います。読むだけなら、いりません。', en: 'For recording, confirming and your own statement. Reading needs none.' })}</p>`)}
      ${view.possible ? form(lang, view) : closed(lang)}
      ${block(
        'h1',
        say(lang, { ja: '次の画面で起こること', en: 'What happens next' }),
        html`<ol class="notes read">
          ${steps.map((step) => html`<li><div>${say(lang, step)}</div></li>`)}
        </ol>`,
      )}
      ${block('h2', say(lang, { ja: 'ハンドルがわからない・まだないとき', en: 'No handle at hand, or no account yet' }), noAccount(lang, view.isLocal))}
    </div>`,
  })
}
