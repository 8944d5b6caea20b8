// Sign-in. Reading needs none. In a local network the password goes to the person's own PDS through this page.

import { href, say, type Lang, type Words } from './lang.ts'
import { layout, type Shell } from './layout.ts'
import { html, type Html } from './markup.ts'
import { block, command, notice, pageHead } from './parts/block.ts'

export type SignInView = { readonly handle: string; readonly error: Words | null; readonly possible: boolean; readonly next: string }

const steps: readonly Words[] = [
  {
    ja: 'パスワードは、あなたの記録の置き場（PDS）に渡され、ここには残りません。',
    en: 'Your password goes to the server of your records (PDS) and is not kept here.',
  },
  {
    ja: '記録する・確かめる・自分の決算書を見る、ができるようになります。',
    en: 'You can then record, confirm, and see your own statement.',
  },
  { ja: 'サインアウトすると、このしるしは消えます。', en: 'Signing out removes the session.' },
]

const signInForm = (lang: Lang, view: SignInView): Html => html`<form class="form" method="post" action="${href(lang, '/sign-in')}">
  <input
    type="hidden"
    name="next"
    value="${view.next}"
  />${view.error !== null && notice('bad', say(lang, view.error), html`<p>${say(lang, { ja: '入力を確かめて、もう一度お試しください。', en: 'Check what you entered and try again.' })}</p>`, true)}
  <div class="field">
    <label class="label" for="handle"
      >${say(lang, { ja: 'ハンドル', en: 'Handle' })}<span class="need">${say(lang, { ja: '※必須', en: 'required' })}</span></label
    >
    <p class="help" id="handle-h">
      ${say(lang, { ja: '登録のときに決めた、点の入った名前です。例：aoi.pds1.test', en: 'The name with dots from your registration, for example aoi.pds1.test' })}
    </p>
    <input
      id="handle"
      class="wide"
      type="text"
      name="handle"
      value="${view.handle}"
      autocomplete="username"
      autocapitalize="none"
      spellcheck="false"
      required
      aria-describedby="handle-h"
    />
  </div>
  <div class="field">
    <label class="label" for="password"
      >${say(lang, { ja: 'パスワード', en: 'Password' })}<span class="need">${say(lang, { ja: '※必須', en: 'required' })}</span></label
    ><input id="password" class="wide" type="password" name="password" autocomplete="current-password" required />
  </div>
  <p class="row"><button class="btn big">${say(lang, { ja: 'サインインする', en: 'Sign in' })}</button></p>
</form>`

export const signInPage = (shell: Shell, view: SignInView): string => {
  const { lang } = shell
  const title = say(lang, { ja: 'サインイン', en: 'Sign in' })
  const closed = notice(
    'calm',
    say(lang, { ja: 'ここではサインインできません', en: 'Sign-in is not available here' }),
    html`<p>
      ${say(lang, { ja: 'パスワードでのサインインは、この機械の中だけで動くネットワークに限っています。', en: 'Sign-in by password exists only in networks that run within one machine.' })}
    </p>`,
  )
  return layout(shell, {
    title,
    place: 'sign-in',
    own: true,
    main: html`<div class="wrap">
      ${pageHead(title, html`<p class="lead">${say(lang, { ja: '記録する・確かめる・自分の決算書を見るときに使います。読むだけなら、いりません。', en: 'For recording, confirming and your own statement. Reading needs none.' })}</p>`)}
      ${view.possible ? signInForm(lang, view) : closed}
      ${block(
        'h1',
        say(lang, { ja: 'サインインすると起こること', en: 'What happens' }),
        html`<ol class="notes read">
          ${steps.map((step) => html`<li><div>${say(lang, step)}</div></li>`)}
        </ol>`,
      )}
      ${block('h2', say(lang, { ja: 'まだアカウントがないとき', en: 'No account yet?' }), html`<p class="read">${command('npx waki account create --handle you.pds1.test')}</p>`)}
    </div>`,
  })
}
