// The provider's pages with what we found wanting in them put right as they are sent: the language of the page, its main landmark, the words on the
// main button (they had the colour of the text around it), colours for dark screens, and Japanese that was missing or said something else.

import type { Request, Response } from 'express'

const ASSETS = '/@atproto/oauth-provider/~assets/'
/** Corrected files bear the provider's names, which do not change with our corrections. */
const CACHE = 'public, max-age=3600'

const STYLE = `
.bg-primary{color:var(--primary-foreground)}
.text-muted-foreground{color:var(--foreground)}
@media (prefers-color-scheme:dark){:root:root{--branding-color-primary:157 183 249;--branding-color-primary-contrast:0 0 0;--branding-color-error:255 150 150;
--branding-color-warning:255 199 0;--branding-color-success:113 197 152;--branding-color-info:87 184 255}}`

/** How a list of words begins; the name of what chooses the language is missing in all of them. */
const CATALOG = 'JSON.parse(`{"'
const LANGUAGE_ID = 'vHJQ4A":'

/** What a button says is what it is called. */
const WORDS: readonly (readonly [string, string])[] = [
  ['["Username or Email"]', '["ユーザー名またはメールアドレス"]'],
  ['["公開された変更"]', '["公開の記録を書く"]'],
  ['["識別子またはパスワードが間違っています"]', '["ユーザー名かパスワードが違います"]'],
  ['["このアカウントをアプリにサインインするためにまだ使用していないようです。"]', '["このアカウントを使っているアプリはありません。"]'],
  [CATALOG, `${CATALOG}${LANGUAGE_ID}["言語"],"`],
  ['["忘れた？"]', '["パスワードをリセット"]'],
]
const ENGLISH_WORDS: readonly (readonly [string, string])[] = [
  ['["Forgot?"]', '["Reset your password"]'],
  [CATALOG, `${CATALOG}${LANGUAGE_ID}["Language"],"`],
]

type Change = (text: string) => string

/** Call before the provider answers. */
export const correctPages = (req: Request, res: Response): void => {
  if (req.path.startsWith(ASSETS)) {
    const change = changeOfAsset(req.path)
    if (change === undefined) return
    // Always the whole file: a browser may hold the provider's own under the same tag.
    delete req.headers['if-none-match']
    changeText(res, change, () => {
      res.removeHeader('etag')
      res.setHeader('cache-control', CACHE)
    })
  } else if (req.accepts('html') !== false && req.method === 'GET') {
    changeText(res, pageIn(req.acceptsLanguages('ja', 'en') === 'en' ? 'en' : 'ja'))
  }
}

const changeOfAsset = (path: string): Change | undefined => {
  if (path.endsWith('.css')) return (text) => text + STYLE
  if (/\/(?:messages|auth-shell)-[^/]*\.js$/.test(path)) return inWords
  return undefined
}

/** Only the Japanese words hold this sentence. */
const inWords: Change = (text) =>
  (text.includes('パスワードを入力') ? WORDS : ENGLISH_WORDS).reduce((words, [wrong, right]) => words.replace(wrong, right), text)

const pageIn =
  (language: string): Change =>
  (text) =>
    text
      .replace(/^(\s*<!doctype html>\s*)<html>/i, `$1<html lang="${language}">`)
      .replace('<div id="root"></div>', '<main id="root"></main>')

/** Collects what is written and sends it changed, if it is text of a page. */
const changeText = (res: Response, change: Change, settle: () => void = () => {}): void => {
  const end = res.end.bind(res)
  const chunks: Buffer[] = []
  const take = (chunk: unknown): void => {
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk))
  }
  const isText = (): boolean => /^text\/|javascript/.test(String(res.getHeader('content-type') ?? ''))
  Object.assign(res, {
    write: (chunk: unknown) => {
      take(chunk)
      return true
    },
    end: (chunk?: unknown) => {
      take(chunk)
      const body = Buffer.concat(chunks)
      if (!res.headersSent) settle()
      return end(isText() ? change(body.toString()) : body)
    },
  })
}
