// The form by which notices go to another program, too: the address, how delivering stands, and the key that messages are signed with.

import type { HookView } from '../../../notify/set-hook.ts'
import { hookSentence } from '../../../notify/hook-refusals.ts'
import { href, say, type Lang } from '../lang.ts'
import { html, type Content, type Html } from '../markup.ts'
import { fold, id as idText, notice, pairs } from '../parts/block.ts'
import { instantText } from '../parts/date.ts'
import { chip, icons } from '../parts/icon.ts'

export type HookForm = {
  readonly view: HookView | null
  /** What was typed and refused; null as it stands. */
  readonly url: string | null
  readonly code: string | null
  readonly isSet: boolean
}

const sentence = (lang: Lang, code: string): string => say(lang, hookSentence(code) ?? { ja: code, en: code })

const state = (lang: Lang, { state: now, code }: HookView): Html =>
  now === 'stopped'
    ? chip('bad', say(lang, { ja: '止まっています', en: 'Stopped' }))
    : code === null
      ? chip('ok', say(lang, { ja: '動いています', en: 'Active' }))
      : chip('wait', say(lang, { ja: '届け直しています', en: 'Being tried again' }))

const standing = (lang: Lang, view: HookView): Html =>
  html`${pairs([
    [say(lang, { ja: '状態', en: 'State' }), html`${state(lang, view)}${view.code !== null && html` ${sentence(lang, view.code)}`}`],
    [say(lang, { ja: '設定した時刻', en: 'Set' }), instantText(lang, view.setAt)],
    [say(lang, { ja: '署名の鍵', en: 'Signing key' }), idText(view.key)],
  ])}
  <p class="help">${say(lang, { ja: '送るたびに、ヘッダー Waki-Signature に t=時刻,v1=HMAC-SHA-256（時刻.本文）が付きます。鍵は、届け先だけに伝えてください。', en: 'Each message has a header Waki-Signature: t=<seconds>,v1=<HMAC-SHA-256 of seconds.body>. Tell the key to the receiver alone.' })}</p>`

export const hookFold = (lang: Lang, { view, url, code, isSet }: HookForm, action: string): Content => {
  const typed = url ?? view?.url ?? ''
  const fault = code === null ? null : html`<p class="err" id="url-e">${icons.bad}${sentence(lang, code)}</p>`
  return html`<div id="hook">
    ${fold(
      say(lang, { ja: 'ほかのプログラムにも届ける（Webhook）', en: 'Deliver to another program, too (webhook)' }),
      html`${isSet && notice('ok', say(lang, { ja: '設定しました', en: 'It is set' }), null)} ${view !== null && standing(lang, view)}
        <form class="form" method="post" action="${href(lang, action)}">
          <div class="field">
            <label class="label" for="url">${say(lang, { ja: '届け先のアドレス', en: 'Address' })}</label>
            ${fault}
            <input id="url" name="url" type="text" class="wide" value="${typed}" autocomplete="off" inputmode="url"${code !== null && html` aria-invalid="true"`} aria-describedby="${code === null ? '' : 'url-e '}url-h" />
            <p class="help" id="url-h">${say(lang, { ja: 'https:// で始まるアドレスです。お知らせの種類・日付・時間・記録の住所が、POSTで届きます。空にすると、やめます。メールでは届きません。', en: 'It begins with https://. Kind, day, minutes and the address of the record go there by POST. Empty: nothing is delivered. There is no mail.' })}</p>
          </div>
          <p class="row"><button class="btn line">${say(lang, { ja: 'この設定にする', en: 'Set it' })}</button></p>
        </form>`,
      isSet || code !== null || view?.state === 'stopped',
    )}
  </div>`
}
