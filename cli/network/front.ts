// One address before an appview's processes, as a reverse proxy would give them: static files, methods and pages each from the process that has them.

import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import { CommandRefused } from '../command.ts'
import { LOOPBACK } from './ports.ts'

export type Behind = { readonly static: string; readonly xrpc: string; readonly pages: string }
export type Front = { close(): Promise<void> }

const BAD_GATEWAY = 502

/** Which process has a path. */
export const behindOf = (path: string, behind: Behind): string => {
  if (path.startsWith('/static/') || path === '/favicon.ico') return behind.static
  return path.startsWith('/xrpc/') || path.startsWith('/.well-known/') ? behind.xrpc : behind.pages
}

const pass = (req: IncomingMessage, res: ServerResponse, behind: Behind): void => {
  const [path = '/'] = (req.url ?? '/').split('?')
  const { hostname, port } = new URL(behindOf(path, behind))
  const headers = { ...req.headers, 'x-forwarded-for': req.socket.remoteAddress ?? '', 'x-forwarded-proto': 'http' }
  const onward = request({ host: hostname, port, method: req.method, path: req.url, headers }, (answer) => {
    res.writeHead(answer.statusCode ?? BAD_GATEWAY, answer.headers)
    answer.pipe(res)
  })
  onward.on('error', () => {
    if (!res.headersSent) res.writeHead(BAD_GATEWAY, { 'Retry-After': '1' })
    res.end('This process of the appview is being started again')
  })
  res.on('close', () => onward.destroy())
  req.pipe(onward)
}

/** Refuses a port that cannot be had. */
export const openFront = async (port: number, behind: Behind): Promise<Front> => {
  const server = createServer((req, res) => pass(req, res, behind))
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new CommandRefused(`port ${port} cannot be had: ${error.message}`)))
    server.listen(port, LOOPBACK, resolve)
  })
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
