// A real server on a free port for tests of this room, and a plain HTTP request that can say anything (fetch cannot set Host, or send half a body).

import { request as httpRequest } from 'node:http'
import type { TestContext } from 'node:test'
import { systemClock } from '../../../server/clock.ts'
import { silentLog } from '../../../server/log.ts'
import { createMetrics } from '../../../server/metrics.ts'
import { serve } from '../../../server/serve.ts'
import type { Running, ServeOptions } from '../../../server/serve.ts'

export type PlainAnswer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}
export type PlainRequest = {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string | Uint8Array | Iterable<Uint8Array>
}
export type TestServer = Running & { readonly request: (path: string, options?: PlainRequest) => Promise<PlainAnswer> }

/** Starts a server that ends with the test. */
export const startTestServer = async (t: TestContext, options: Partial<ServeOptions>): Promise<TestServer> => {
  const running = await serve({
    name: 'test',
    host: '127.0.0.1',
    port: 0,
    clock: systemClock(),
    log: silentLog,
    metrics: createMetrics('test'),
    settable: false,
    setup: () => {},
    ...options,
  })
  t.after(() => running.close())
  return { ...running, request: (path, plain = {}) => plainRequest(running.port, path, plain) }
}

const plainRequest = (port: number, path: string, { method = 'GET', headers = {}, body = '' }: PlainRequest): Promise<PlainAnswer> =>
  new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port, path, method, headers, agent: false }, (res) => {
      const chunks: Buffer[] = []
      res.on('data', (chunk: Buffer) => chunks.push(chunk))
      res.on('error', reject)
      res.on('end', () => resolve({ status: res.statusCode ?? 0, headers: res.headers, body: Buffer.concat(chunks).toString() }))
    })
    sent.on('error', reject)
    if (typeof body === 'string' || body instanceof Uint8Array) sent.end(body)
    else {
      for (const chunk of body) sent.write(chunk)
      sent.end()
    }
  })
