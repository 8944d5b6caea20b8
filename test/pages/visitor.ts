// A browser without a screen: keeps a cookie, follows nothing, sends forms as a page of the site would.

import assert from 'node:assert/strict'
import { PASSWORD } from '../support/world.ts'

export type Page = { readonly status: number; readonly headers: Headers; readonly text: string }

export class Visitor {
  readonly #url: string
  #cookie: string | undefined

  constructor(url: string) {
    this.#url = url
  }

  async get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Page> {
    return this.#ask(path, { headers })
  }

  /** `headers` replace those a page of the site sends. */
  async post(path: string, form: Readonly<Record<string, string>>, headers?: Readonly<Record<string, string>>): Promise<Page> {
    const own = headers ?? { 'Sec-Fetch-Site': 'same-origin', Origin: this.#url }
    return this.#ask(path, { method: 'POST', body: new URLSearchParams(form), headers: own })
  }

  async signIn(handle: string): Promise<void> {
    const answer = await this.post('/sign-in', { handle, password: PASSWORD, next: '/me' })
    assert.equal(answer.status, 303, answer.text)
    assert.equal(answer.headers.get('location'), '/me')
  }

  async #ask(path: string, init: RequestInit): Promise<Page> {
    const headers = new Headers(init.headers)
    if (this.#cookie !== undefined) headers.set('Cookie', this.#cookie)
    const response = await fetch(`${this.#url}${path}`, { ...init, headers, redirect: 'manual' })
    const [set] = response.headers.getSetCookie()
    if (set !== undefined) this.#cookie = set.includes('Max-Age=0') ? undefined : set.split(';')[0]
    return { status: response.status, headers: response.headers, text: await response.text() }
  }
}

/** What a reader sees of a page, without its head. */
export const seen = ({ text }: Page): string =>
  text
    .slice(Math.max(0, text.indexOf('<main')))
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')
    .replace(/(?<=\P{ASCII}) | (?=\P{ASCII})/gu, '')
