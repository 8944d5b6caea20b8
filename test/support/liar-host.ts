// A host whose stream says exactly what a test tells it to: real HTTP, a real WebSocket, frames taken as they are. It answers describeServer and keeps
// a log that is replayed after a cursor, like an honest PDS; unlike one it also sends what it should not.

import { once } from 'node:events'
import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'
import type { WebSocket } from 'ws'
import { encodeErrorFrame } from '../../atproto/frame.ts'

export type LiarHost = {
  readonly url: string
  readonly hostname: string
  /** Cursors of the connections so far, in order; null for none. */
  readonly cursors: readonly (number | null)[]
  /** The next seq, one above the last given. */
  nextSeq(): number
  /** Appends to the log at this seq (the last one given, when not told) and sends to whoever is connected. */
  send(frame: Uint8Array, seq?: number): void
  /** Sends without keeping it in the log. */
  sendOnce(frame: Uint8Array): void
  /** Ends all connections, cleanly or not; the log stays. */
  cut(cleanly?: boolean): void
  /** Forgets log and seq, as a host set back from a backup does: its seq goes on from here. */
  rewind(seq: number): void
  /** Refuses connections with 503 while true. */
  refuses: boolean
  /** Answer of describeServer: status and Server header. */
  describes: { status: number; server: string }
  /** What getRepo answers for a DID; 404 for every other. */
  readonly repos: Map<string, () => Uint8Array>
  /** DIDs whose getRepo is never answered; `asked` has one entry for each call. */
  readonly silent: { readonly dids: Set<string>; readonly asked: string[] }
  /** Resolves when there have been so many connections. */
  connected(number: number): Promise<void>
  readonly open: number
  close(): Promise<void>
}

export async function startLiarHost(options: { port?: number } = {}): Promise<LiarHost> {
  let log: { seq: number; frame: Uint8Array }[] = []
  let seq = 0
  const sockets = new Set<WebSocket>()
  const cursors: (number | null)[] = []
  const waiters = new Set<() => void>()
  const server = createServer((req, res) => {
    res.setHeader('Server', host.describes.server)
    res.setHeader('Content-Type', 'application/json')
    const asked = new URL(req.url ?? '/', 'http://localhost')
    const wanted = asked.pathname === '/xrpc/com.atproto.sync.getRepo' ? (asked.searchParams.get('did') ?? '') : ''
    if (host.silent.dids.has(wanted)) return void host.silent.asked.push(wanted)
    const car = asked.pathname === '/xrpc/com.atproto.sync.getRepo' ? host.repos.get(asked.searchParams.get('did') ?? '') : undefined
    if (car !== undefined) return void res.setHeader('Content-Type', 'application/vnd.ipld.car').end(car())
    const isDescribe = req.url === '/xrpc/com.atproto.server.describeServer'
    res.statusCode = isDescribe ? host.describes.status : 404
    res.end(JSON.stringify(isDescribe ? { did: 'did:web:liar.test', availableUserDomains: [] } : { error: 'NotFound' }))
  })
  const streams = new WebSocketServer({ noServer: true })
  server.on('upgrade', (req, socket, head) => {
    if (host.refuses) return void socket.end('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
    streams.handleUpgrade(req, socket, head, (webSocket) => {
      const given = new URL(req.url ?? '/', 'http://localhost').searchParams.get('cursor')
      const cursor = given === null ? null : Number(given)
      cursors.push(cursor)
      sockets.add(webSocket)
      webSocket.on('close', () => sockets.delete(webSocket))
      webSocket.on('error', () => webSocket.terminate())
      for (const wake of waiters) wake()
      if (cursor !== null && cursor > seq) {
        webSocket.send(encodeErrorFrame('FutureCursor', 'the cursor is ahead'))
        webSocket.close(1008)
        return
      }
      if (cursor !== null) for (const entry of log) if (entry.seq > cursor) webSocket.send(entry.frame)
    })
  })
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const sendAll = (frame: Uint8Array): void => {
    for (const socket of sockets) socket.send(frame)
  }
  const host: LiarHost = {
    url: `http://localhost:${port}`,
    hostname: `localhost:${port}`,
    cursors,
    refuses: false,
    describes: { status: 200, server: 'liar' },
    repos: new Map(),
    silent: { dids: new Set(), asked: [] },
    nextSeq: () => (seq += 1),
    send: (frame, at = seq) => {
      log.push({ seq: at, frame })
      sendAll(frame)
    },
    sendOnce: sendAll,
    cut: (cleanly = true) => {
      for (const socket of sockets) {
        if (cleanly) socket.close(1000)
        else socket.terminate()
      }
    },
    rewind: (to) => {
      log = []
      seq = to
    },
    connected: async (number) => {
      while (cursors.length < number) {
        const { promise, resolve } = Promise.withResolvers<void>()
        waiters.add(resolve)
        await promise
        waiters.delete(resolve)
      }
    },
    get open() {
      return sockets.size
    },
    close: async () => {
      for (const socket of sockets) socket.terminate()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return host
}
