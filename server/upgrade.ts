// Who takes a WebSocket upgrade: one listener per HTTP server, sockets told apart by path, so that an unknown path is answered and never left hanging.

import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'

export type Upgrade = {
  readonly path: string
  take(req: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Ends all sockets taken; resolves when they have gone. */
  end(): Promise<void>
}

const known = new WeakMap<Server, Map<string, Upgrade>>()

/** From now on `upgrade` takes the upgrades of its path on this server. */
export const onUpgrade = (httpServer: Server, upgrade: Upgrade): void => {
  const there = known.get(httpServer)
  if (there) {
    there.set(upgrade.path, upgrade)
    return
  }
  const upgrades = new Map([[upgrade.path, upgrade]])
  known.set(httpServer, upgrades)
  httpServer.on('upgrade', (req, socket: Duplex, head) => {
    socket.on('error', () => socket.destroy())
    const found = upgrades.get((req.url ?? '').split('?')[0] ?? '')
    if (found) found.take(req, socket, head)
    else refuseUpgrade(socket, 404, 'NotFound', 'There is no stream here')
  })
}

/** Ends every stream of this server. */
export const endUpgraded = async (httpServer: Server): Promise<void> => {
  await Promise.all([...(known.get(httpServer)?.values() ?? [])].map((upgrade) => upgrade.end()))
}

/** Answers and lets go: nobody reads this socket any more, so the peer's own end would never be heard. */
export const refuseUpgrade = (socket: Duplex, status: number, error: string, message: string): void => {
  const body = JSON.stringify({ error, message })
  socket.once('finish', () => socket.destroy())
  socket.end(
    `HTTP/1.1 ${status} ${error}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}
