// 確かめてもらう: the act one has just recorded, as QR and as a code to read out, for the person beside one.

import { CODE_LIFE_MS } from '../../../confirm/limits.ts'
import { spokenCode } from '../../../confirm/codes.ts'
import { href, say } from '../lang.ts'
import { layout, type Shell, myWaCrumb } from '../layout.ts'
import { html, type Html } from '../markup.ts'
import { notice, pageHead } from '../parts/block.ts'
import { clockText, dayText } from '../parts/date.ts'
import { duration } from '../parts/figure.ts'
import { chip } from '../parts/icon.ts'
import { categoryName } from '../words.ts'
import { qrPicture } from './qr-picture.ts'

export type ShowView = {
  readonly rkey: string
  readonly performedOn: string
  readonly category: string
  readonly minutes: number
  /** Null: too many codes stand already. */
  readonly code: { readonly code: string; readonly expires: string; readonly url: string } | null
  readonly claimDays: number
  readonly hasHostBodies: boolean
}

const LIFE_MINUTES = CODE_LIFE_MS / 60_000

export const showPage = (shell: Shell, view: ShowView): string => {
  const { lang } = shell
  const title = say(lang, { ja: '確かめてもらう', en: 'Have it confirmed' })
  const act = html`<p class="row" role="status">
    ${chip('ok', say(lang, { ja: '記録しました', en: 'Recorded' }))}<span class="nb"
      >${dayText(lang, view.performedOn)}　${say(lang, categoryName(view.category))}　${duration(lang, view.minutes)}</span
    >
  </p>`
  const steps = html`<ol class="steps" aria-label="${say(lang, { ja: '手順', en: 'Steps' })}">
    <li class="done">${say(lang, { ja: '記録する', en: 'Record' })}</li>
    <li aria-current="step">${title}</li>
    <li>${say(lang, { ja: 'できあがり', en: 'Done' })}</li>
  </ol>`
  return layout(shell, {
    title,
    place: 'record',
    own: true,
    crumbs: [
      myWaCrumb(lang),
      { path: '/me/record', label: say(lang, { ja: '記録する', en: 'Record' }) },
      { path: shell.path, label: title },
    ],
    main: html`<div class="wrap">
      ${pageHead(title, act)}
      <div class="form">${steps}</div>
      <section class="block" aria-labelledby="q1">
        <h2 id="q1">${say(lang, { ja: '相手に見せてください', en: 'Show this to the other person' })}</h2>
        ${view.code === null ? tooMany(shell) : shownCode(shell, view, view.code)}
      </section>
      ${otherWays(shell, view)}
    </div>`,
  })
}

const shownCode = (shell: Shell, view: ShowView, { code, expires, url }: NonNullable<ShowView['code']>): Html => {
  const { lang } = shell
  const label = say(lang, {
    ja: '確認用のQRコード。読み取れないときは、となりの番号を使えます。',
    en: 'QR code for the confirmation. The code beside it can be used instead.',
  })
  return html`<div class="qr">
    <div class="code-box">${qrPicture(url, label)}</div>
    <div class="cols">
      <div>
        <p class="soft">${say(lang, { ja: '番号で確かめるとき', en: 'To confirm by code' })}</p>
        <p class="short">${spokenCode(code)}</p>
        <p class="soft small">${shell.publicUrl}/c</p>
      </div>
      <p>
        <b>${say(lang, { ja: `${clockText(lang, expires)}まで`, en: `Until ${clockText(lang, expires)}` })}</b
        >${say(lang, { ja: `使えます（${LIFE_MINUTES}分間）。確かめてもらったら、この画面を開きなおしてください。`, en: ` (${LIFE_MINUTES} minutes). Open this page again once it is confirmed.` })}
      </p>
      <p class="row">
        <a class="btn line" href="${href(lang, `/me/record/${view.rkey}/qr`)}">${say(lang, { ja: '新しいQRを出す', en: 'Show a new code' })}</a
        ><a class="btn text" href="${href(lang, `/me/acts/${view.rkey}`)}"
          >${say(lang, { ja: 'あとで確かめてもらう', en: 'Have it confirmed later' })}</a
        >
      </p>
      <p class="read">
        ${say(lang, { ja: '相手は、カメラで読み取って「していただいた」を押します。相手がだれかは公開されません。', en: 'The other person reads it with a camera and presses “I received this”. Who it was does not become public.' })}
      </p>
    </div>
  </div>`
}

const tooMany = ({ lang }: Shell): Html =>
  notice(
    'warn',
    say(lang, { ja: '使えるコードがたくさん残っています', en: 'Many codes of yours still stand' }),
    html`<p>
      ${say(lang, { ja: `${LIFE_MINUTES}分たつと消えます。少したってから、この画面を開きなおしてください。`, en: `They go after ${LIFE_MINUTES} minutes. Open this page again in a while.` })}
    </p>`,
  )

const otherWays = ({ lang }: Shell, { claimDays, hasHostBodies }: ShowView): Html =>
  html`<section class="block" aria-labelledby="q2">
    <h2 id="q2">${say(lang, { ja: '相手が電話を持っていないとき', en: 'When the other person has no phone' })}</h2>
    <p class="read">
      ${hasHostBodies && say(lang, { ja: '受入機関のもとでの行動なら、受入機関がその場の名簿でまとめて確かめます。', en: 'If it was done with a host body, the body confirms it from its list. ' })}${say(lang, { ja: '市町の窓口でも確かめてもらえます。', en: 'The municipality’s desk can confirm it too.' })}
    </p>
    <p class="read">
      ${say(lang, { ja: `${claimDays}日のあいだに確かめられなかった記録は、決算書に入らないまま閉じられます。記録そのものは残ります。`, en: `A record not confirmed within ${claimDays} days is closed without entering the statements. The record itself stays.` })}
    </p>
  </section>`
