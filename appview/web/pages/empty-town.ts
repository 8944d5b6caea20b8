// The page of a town without figures: how to begin, and from when they stand here.

import type { HomeView } from './home.ts'
import { say, href } from './lang.ts'
import type { Shell } from './layout.ts'
import { html, type Html } from './markup.ts'
import { command } from './parts/block.ts'
import { instantText } from './parts/date.ts'

const HERE_NOW = { ja: 'ここには、確かめた人が5人になると現れます。', en: 'Here figures appear once five people take part.' }
const HERE_AT_MIDNIGHT = {
  ja: 'ここには、5人以上が参加すると、次の0時から現れます。公開の数字は、毎日0時の時点のものです。',
  en: 'Here figures appear from the next midnight after five people take part: public figures are as known at the last midnight.',
}

/** What an empty town shows, and who can begin. */
export const emptyTown = (shell: Shell, { actsSince, knownAt }: Pick<HomeView, 'actsSince' | 'knownAt'>): Html => {
  const { lang } = shell
  const steps = actsSince
    ? say(lang, {
        ja: `${instantText('ja', knownAt.instant)}より後に、確かめられた行動があります。公開の数字には、次の0時から入ります。`,
        en: `Acts have been confirmed here since ${instantText('en', knownAt.instant)}. Public figures take them in from the next midnight.`,
      })
    : say(lang, {
        ja: 'まだ確かめられた行動がありません。最初の記録は、住民の方が書きます。',
        en: 'No act has been confirmed here yet. The first record is written by a resident.',
      })
  return html`<div class="wrap">
    <section class="block" aria-labelledby="e0">
      <h2 id="e0">${say(lang, { ja: 'はじめかた', en: 'How to begin' })}</h2>
      <p class="read">${steps}</p>
      <ol class="notes read">
        <li>
          <div>
            <b>${say(lang, { ja: '住民になる', en: 'Become a resident' })}</b>
            <p>
              ${say(lang, { ja: 'アカウントを作り、市町が受け入れを記録します。', en: 'Create an account; the municipality records that it takes you in.' })}<br />${command('npx waki account create --handle you.pds1.test')}<br />${command('npx waki admit --handle you.pds1.test')}
            </p>
          </div>
        </li>
        <li>
          <div>
            <b>${say(lang, { ja: '行動を記録する', en: 'Record an act' })}</b>
            <p>
              ${say(lang, { ja: 'サインインして「記録する」を開くか、次のように書きます。', en: 'Sign in and open “Record”, or write:' })}<br />${command('npx waki act --as you.pds1.test --category environment --minutes 45')}
            </p>
          </div>
        </li>
        <li>
          <div>
            <b>${say(lang, { ja: '確かめてもらう', en: 'Have it confirmed' })}</b>
            <p>
              ${say(lang, { ja: 'ほかの住民や受入機関が確かめると、すぐに「わたしの和」に入ります。', en: 'When another resident or a host body confirms it, it enters “My Wa” at once. ' })}${say(lang, shell.sample ? HERE_NOW : HERE_AT_MIDNIGHT)}
            </p>
          </div>
        </li>
      </ol>
      <p class="row"><a class="btn" href="${href(lang, '/sign-in')}">${say(lang, { ja: 'サインインする', en: 'Sign in' })}</a></p>
    </section>
  </div>`
}
