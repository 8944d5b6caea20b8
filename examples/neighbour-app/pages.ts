// The pages of this app, as plain HTML. Every value is escaped.

import type { Seen } from './waki.ts'

const escape = (text: string): string => text.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`)

const page = (title: string, body: string): string => `<!doctype html>
<html lang="ja"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escape(title)}</title></head>
<body><main><h1>${escape(title)}</h1>${body}</main></body></html>`

export const signInPage = (message: string): string =>
  page(
    '町内会のきろく',
    `<p>${escape(message)}</p>
<form method="post" action="/sign-in">
<p><label>ハンドル Handle <input name="handle" required autocomplete="username" autocapitalize="none"></label></p>
<p><button>サインインする Sign in</button></p></form>`,
  )

const states: Readonly<Record<string, string>> = {
  open: '確認を待っています waiting',
  recognised: '確かめられました confirmed',
  refused: '数えられません not counted',
}

export const actsPage = (handle: string, acts: readonly Seen[]): string =>
  page(
    `${handle} さんのきろく`,
    `<form method="post" action="/acts">
<p><label>行事のコード Event code <input name="eventCode" required maxlength="64" value="souji-2026"></label></p>
<p><label>分 Minutes <input name="minutes" type="number" min="1" max="720" required value="60"></label></p>
<p><button>記録する Record</button></p></form>
<h2>きろく Acts</h2>
<ul>${acts.map((act) => `<li>${escape(act.eventCode)} ${act.minutes}分 — ${escape(states[act.state] ?? act.state)}<br><code>${escape(act.uri)}</code></li>`).join('')}</ul>
<p><a href="/">新しくする Refresh</a></p>
<form method="post" action="/try-more"><p><button>ゆるされていないことを試す Try what is not allowed</button></p></form>
<form method="post" action="/sign-out"><p><button>サインアウトする Sign out</button></p></form>`,
  )

export const refusalsPage = (tried: readonly { readonly what: string; readonly answer: string }[]): string =>
  page(
    '試したこと',
    `<ul>${tried.map(({ what, answer }) => `<li>${escape(what)} — ${escape(answer)}</li>`).join('')}</ul><p><a href="/">もどる Back</a></p>`,
  )
