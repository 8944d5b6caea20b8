// A server that streams frames prepared beforehand, as fast as they are taken or at a given rate, and answers for the identities of their accounts:
// a host towards a relay, a relay towards an appview, and the directory of both.

import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { WebSocketServer, type WebSocket } from 'ws'

export type StreamHost = {
  readonly url: string
  /** Resolves with the connection once somebody follows. */
  followed(): Promise<WebSocket>
  close(): Promise<void>
}

/** `answer` gives JSON for a path, or undefined for 404. */
export const startStreamHost = async (answer: (path: string, url: string) => unknown): Promise<StreamHost> => {
  const follower = Promise.withResolvers<WebSocket>()
  const serveJson = (req: IncomingMessage, res: ServerResponse): void => {
    const json = answer(decodeURIComponent(req.url ?? '/').split('?')[0] ?? '/', host.url)
    res.statusCode = json === undefined ? 404 : 200
    res.setHeader('Content-Type', 'application/json')
    res.end(JSON.stringify(json ?? { error: 'NotFound' }))
  }
  const server = createServer(serveJson)
  const streams = new WebSocketServer({ noServer: true, perMessageDeflate: false })
  server.on('upgrade', (req, socket, head) => streams.handleUpgrade(req, socket, head, (opened) => follower.resolve(opened)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the system gave no port')
  const host: StreamHost = {
    url: `http://localhost:${address.port}`,
    followed: () => follower.promise,
    close: async () => {
      for (const client of streams.clients) client.terminate()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return host
}

const HIGH_WATER_BYTES = 4_000_000
const POLL_MS = 2

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Sends all, never more ahead than the high-water mark. */
export const sendAll = async (socket: WebSocket, frames: readonly Uint8Array[]): Promise<void> => {
  for (const frame of frames) {
    socket.send(frame)
    while (socket.bufferedAmount > HIGH_WATER_BYTES) await pause(POLL_MS)
  }
}

/** Sends at a rate and gives the time at which each was sent, in milliseconds of performance.now(). */
export const sendAtRate = async (socket: WebSocket, frames: readonly Uint8Array[], perSecond: number): Promise<number[]> => {
  const begun = performance.now()
  const sent: number[] = []
  for (const [place, frame] of frames.entries()) {
    const waitMs = begun + (place * 1000) / perSecond - performance.now()
    if (waitMs > 0.5) await pause(waitMs)
    sent.push(performance.now())
    socket.send(frame)
  }
  return sent
}

/** A did:plc document that names a key and a PDS. */
export const documentOf = (did: string, didKey: string, pds: string): object => ({
  '@context': ['https://www.w3.org/ns/did/v1'],
  id: did,
  alsoKnownAs: [],
  verificationMethod: [{ id: `${did}#atproto`, type: 'Multikey', controller: did, publicKeyMultibase: didKey.slice('did:key:'.length) }],
  service: [{ id: '#atproto_pds', type: 'AtprotoPersonalDataServer', serviceEndpoint: pds }],
})
