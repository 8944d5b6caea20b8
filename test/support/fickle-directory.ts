// The world's directory as it is seen through a bad connection: every request is passed on, but for those that a test says are lost.

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { World } from './world.ts'

export type FickleDirectory = {
  readonly url: string
  /** Whether a request for this path is lost: answered 503. Called once per request. */
  loses: (path: string) => boolean
}

export const fickleDirectory = async (world: World): Promise<FickleDirectory> => {
  const directory = { url: '', loses: (_path: string): boolean => false }
  const server = createServer(async (req, res) => {
    const path = req.url ?? '/'
    if (directory.loses(path)) return void res.writeHead(503).end()
    const answer = await fetch(`${world.plc.url}${path}`)
    const type = answer.headers.get('content-type') ?? 'application/json'
    res.writeHead(answer.status, { 'content-type': type }).end(await answer.text())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  directory.url = `http://localhost:${typeof address === 'object' && address !== null ? address.port : 0}`
  world.onClose(() => {
    server.closeAllConnections()
    server.close()
  })
  return directory
}
