// A person at the sign-in pages, without a browser: the requests that the pages make, with a browser's headers and cookies.

import assert from 'node:assert/strict'
import { request } from 'node:http'
import type { Json } from './dpop-client.ts'

const API = '/@atproto/oauth-provider/~api'

type Reply = { readonly status: number; readonly text: string; readonly cookies: readonly string[]; readonly location: string | undefined }

const send = (url: string, method: string, headers: Record<string, string>, body?: string): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, (res) => {
      const chunks: Buffer[] = []
      res.on('data', (chunk: Buffer) => chunks.push(chunk))
      res.on('end', () =>
        resolve({
          status: res.statusCode ?? 0,
          text: Buffer.concat(chunks).toString(),
          cookies: res.headers['set-cookie'] ?? [],
          location: res.headers.location,
        }),
      )
    })
    sent.on('error', reject)
    sent.end(body)
  })

/** One browser at one authorization server; `here` is the address to connect to, where that is another than its name. */
export const personAt = (issuer: string, here = issuer) => {
  const jar = new Map<string, string>()
  let page = ''
  const cookie = () => [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
  const keep = (reply: Reply): Reply => {
    for (const line of reply.cookies) {
      const [pair = ''] = line.split(';')
      jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
    }
    return reply
  }
  const navigate = async (url: string, more: Record<string, string> = {}): Promise<Reply> => {
    const headers = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', 'sec-fetch-site': 'none', 'user-agent': 'a browser' }
    return keep(await send(url.replace(issuer, here), 'GET', { ...headers, accept: 'text/html', cookie: cookie(), ...more }))
  }
  const api = async (method: 'GET' | 'POST', path: string, input: Json, token?: string): Promise<{ status: number; json: unknown }> => {
    const query =
      method === 'GET' && Object.keys(input).length > 0 ? `?${new URLSearchParams(input as Record<string, string>).toString()}` : ''
    const reply = keep(
      await send(
        `${here}${API}${path}${query}`,
        method,
        {
          'sec-fetch-mode': 'same-origin',
          'sec-fetch-dest': 'empty',
          'sec-fetch-site': 'same-origin',
          origin: issuer,
          referer: page,
          'x-csrf-token': jar.get('csrf-token') ?? '',
          'content-type': 'application/json',
          'user-agent': 'a browser',
          cookie: cookie(),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        method === 'POST' ? JSON.stringify(input) : undefined,
      ),
    )
    return { status: reply.status, json: reply.text === '' ? {} : JSON.parse(reply.text) }
  }
  const openWith = async (parameters: Record<string, string>): Promise<Reply> => {
    page = `${issuer}/oauth/authorize?${new URLSearchParams(parameters).toString()}`
    return navigate(page)
  }
  return {
    api,
    cookies: (): readonly string[] => [...jar].flatMap(([name, value]) => (name === 'ses-id' ? [value] : [])),
    /** Opens the page an app sends its people to. */
    open: (clientId: string, requestUri: string): Promise<Reply> => openWith({ client_id: clientId, request_uri: requestUri }),
    /** The same page with whatever an app may put into its address. */
    openWith,
    async openAccount(): Promise<Reply> {
      page = `${issuer}/account`
      return navigate(page)
    },
    signIn: (username: string, password: string, remember = true) =>
      api('POST', '/sign-in', { locale: 'ja', username, password, remember }),
    /** What the app's redirect address is opened with. */
    async consent(did: string, scope?: string, token?: string): Promise<URLSearchParams> {
      const { status, json } = await api('POST', '/consent', { did, ...(scope === undefined ? {} : { scope }) }, token)
      assert.equal(status, 200, JSON.stringify(json))
      const url = (json as { url: string }).url
      const reply = await navigate(url, { 'sec-fetch-site': 'same-origin', referer: page })
      assert.ok(reply.location, reply.text)
      return new URL(reply.location).searchParams
    },
  }
}

export type Person = ReturnType<typeof personAt>
