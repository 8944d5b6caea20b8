// A browser without a screen: keeps cookies, follows nothing, sends forms as a page of the site would.

import assert from 'node:assert/strict'
import { allowAt } from '../support/sign-in.ts'
import { KANAZAWA } from '../support/town.ts'
import { PASSWORD } from '../support/world.ts'

export type Page = { readonly status: number; readonly headers: Headers; readonly text: string }

/** The form of an act, as a page sends it. */
export const actForm = {
  category: 'culture',
  minutes: '30',
  municipality: KANAZAWA,
  performedOn: '2026-05-10',
  beneficiary: '',
  hostBody: '',
  note: '',
}

export class Visitor {
  readonly #url: string
  readonly #cookies = new Map<string, string>()

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

  async signIn(handle: string, password = PASSWORD): Promise<void> {
    const begun = await this.post('/sign-in', { identifier: handle, next: '/me' })
    assert.equal(begun.status, 303, begun.text)
    const params = await allowAt(begun.headers.get('location') ?? '', { handle, password })
    const answer = await this.get(`/oauth/callback?${params.toString()}`)
    assert.equal(answer.headers.get('location'), '/me')
  }

  /** For a browser with a screen to go on with. */
  get cookies(): readonly { readonly name: string; readonly value: string; readonly url: string }[] {
    return [...this.#cookies].map(([name, value]) => ({ name, value, url: this.#url }))
  }

  async #ask(path: string, init: RequestInit): Promise<Page> {
    const headers = new Headers(init.headers)
    if (this.#cookies.size > 0) headers.set('Cookie', [...this.#cookies].map((pair) => pair.join('=')).join('; '))
    const response = await fetch(`${this.#url}${path}`, { ...init, headers, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = line.split(';')[0]?.split('=') ?? []
      if (line.includes('Max-Age=0')) this.#cookies.delete(name)
      else this.#cookies.set(name, value)
    }
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
