// A wire between a PDS and the world that passes everything on, but can be told to withhold frames of its stream, or its repos.

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { WebSocket, WebSocketServer } from 'ws'

export type WithholdingProxy = {
  readonly url: string
  /** Where the PDS really is; set before anybody calls. */
  target: string
  /** Frames for which this is true do not get through. */
  withholds: (frame: Buffer) => boolean
  /** getRepo answers 503 while true. */
  hidesRepos: boolean
  readonly withheld: number
  close(): Promise<void>
}

export const startWithholdingProxy = async (): Promise<WithholdingProxy> => {
  let withheld = 0
  const server = createServer((req, res) => {
    passOn(proxy, req, res).catch(() => res.writeHead(502).end())
  })
  const streams = new WebSocketServer({ noServer: true })
  server.on('upgrade', (req, socket, head) => {
    streams.handleUpgrade(req, socket, head, (down) => {
      const up = new WebSocket(`${proxy.target.replace('http', 'ws')}${req.url ?? ''}`)
      up.on('message', (data) => {
        if (!Buffer.isBuffer(data)) return
        if (proxy.withholds(data)) withheld += 1
        else down.send(data)
      })
      up.on('close', () => down.close())
      up.on('error', () => down.terminate())
      down.on('close', () => up.terminate())
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const proxy: WithholdingProxy = {
    url: `http://localhost:${port}`,
    target: '',
    withholds: () => false,
    hidesRepos: false,
    get withheld() {
      return withheld
    },
    close: async () => {
      for (const socket of streams.clients) socket.terminate()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return proxy
}

const passOn = async (proxy: WithholdingProxy, req: IncomingMessage, res: ServerResponse): Promise<void> => {
  if (proxy.hidesRepos && req.url?.includes('getRepo')) return void res.writeHead(503).end()
  const body = await Array.fromAsync(req)
  const headers = new Headers()
  for (const name of ['authorization', 'content-type']) {
    const value = req.headers[name]
    if (typeof value === 'string') headers.set(name, value)
  }
  const hasBody = body.length > 0
  const answer = await fetch(`${proxy.target}${req.url ?? ''}`, {
    method: req.method ?? 'GET',
    headers,
    ...(hasBody ? { body: Buffer.concat(body.map((chunk) => Buffer.from(chunk))) } : {}),
  })
  res.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/octet-stream' })
  res.end(Buffer.from(await answer.arrayBuffer()))
}
