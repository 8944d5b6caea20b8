// A little internet on loopback: a certificate authority of the test's own, an https server for each name of a table, and a fetch that finds them there
// and trusts that authority. Names outside the table do not resolve.

import type { RequestListener } from 'node:http'
import { request as askHttp } from 'node:http'
import { createServer, request } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { certify } from './certificate.ts'

/** Hands every request on to a server on loopback, as a proxy that ends TLS does. */
export const forwardTo =
  (port: () => number): RequestListener =>
  (req, res) => {
    const passed = askHttp(
      { host: '127.0.0.1', port: port(), method: req.method, path: req.url, headers: { ...req.headers, 'x-forwarded-proto': 'https' } },
      (answer) => {
        res.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(res)
      },
    )
    passed.on('error', () => res.destroy())
    req.pipe(passed)
  }

export const httpsNames = async (
  t: TestContext,
  openssl: string,
  table: Readonly<Record<string, RequestListener>>,
): Promise<{ readonly fetch: typeof fetch }> => {
  const { ca, ...own } = certify(openssl, Object.keys(table))
  const server = createServer(own, (req, res) => {
    const listener = table[(req.headers.host ?? '').replace(/:\d+$/, '')]
    if (listener === undefined) res.writeHead(421).end()
    else listener(req, res)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const named = async (input: Parameters<typeof fetch>[0], init?: RequestInit): Promise<Response> => {
    const asked = new Request(input, init)
    const url = new URL(asked.url)
    if (url.protocol !== 'https:') return fetch(asked)
    if (table[url.hostname] === undefined) throw new TypeError(`${url.hostname} does not resolve`)
    const body = Buffer.from(await asked.arrayBuffer())
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          host: '127.0.0.1',
          port,
          servername: url.hostname,
          ca,
          agent: false,
          method: asked.method,
          path: `${url.pathname}${url.search}`,
          headers: { ...Object.fromEntries(asked.headers), host: url.host, 'content-length': body.length },
        },
        (answer) => {
          const chunks: Buffer[] = []
          answer.on('data', (chunk: Buffer) => chunks.push(chunk))
          answer.on('end', () => {
            const headers = new Headers()
            for (const [name, values] of Object.entries(answer.headersDistinct))
              for (const value of values ?? []) headers.append(name, value)
            const status = answer.statusCode ?? 502
            resolve(new Response(status === 204 || status === 304 ? null : Buffer.concat(chunks), { status, headers }))
          })
        },
      )
      sent.on('error', reject)
      sent.end(body)
    })
  }
  return { fetch: named }
}
