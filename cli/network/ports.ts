// Which ports a local network takes. Taken once, kept for ever: a kept port that is busy is an error, never a silent change of address.

import { createServer } from 'node:net'
import { CommandRefused } from '../command.ts'
import type { Ports } from './folder.ts'

export const LOOPBACK = '127.0.0.1'
export const DEFAULT_FIRST_PORT = 3900
const PDS_COUNT = 2
const PORT_COUNT = 3 + PDS_COUNT
const HIGHEST_PORT = 65_535

const openOn = (port: number): Promise<{ port: number; close: () => Promise<void> } | undefined> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen(port, LOOPBACK, () => {
      const address = server.address()
      resolve({
        port: typeof address === 'object' && address !== null ? address.port : port,
        close: () => new Promise((closed) => server.close(() => closed())),
      })
    })
  })

const portsFrom = (list: readonly number[]): Ports => {
  const [appview = 0, relay = 0, plc = 0, ...pds] = list
  return { appview, relay, plc, pds }
}

const freePorts = async (): Promise<Ports> => {
  const held = []
  for (let i = 0; i < PORT_COUNT; i++) held.push(await openOn(0))
  const list = held.map((one) => one?.port ?? 0)
  await Promise.all(held.map(async (one) => one?.close()))
  return portsFrom(list)
}

/** One that nobody has now. */
export const freePort = async (): Promise<number> => {
  const held = await openOn(0)
  await held?.close()
  return held?.port ?? 0
}

/** Ports for a new network: `0` takes free ones, a number takes that and the ones behind it. */
export const choosePorts = async (wanted: string | undefined): Promise<Ports> => {
  if (wanted === '0') return freePorts()
  const first = wanted === undefined ? DEFAULT_FIRST_PORT : Number(wanted)
  if (!Number.isInteger(first) || first < 1 || first + PORT_COUNT - 1 > HIGHEST_PORT)
    throw new CommandRefused(`--ports takes 0 (free ports) or the first of ${PORT_COUNT} port numbers, not "${wanted ?? ''}"`)
  return portsFrom(Array.from({ length: PORT_COUNT }, (_, i) => first + i))
}

const TAKEN_AT_START =
  'Stop what uses them (is the network running already?), or start a new network elsewhere: npm start -- --data OTHER_DIR --ports 0'
/** For what touches the folder of a network that must not run. */
export const STOP_FIRST = 'Stop the network first (Ctrl-C where it runs), then say this again.'

/** Refuses with the busy ports' names before anything is started or touched. */
export const checkPortsFree = async (ports: Ports, remedy = TAKEN_AT_START): Promise<void> => {
  const named: [string, number][] = [
    ['appview', ports.appview],
    ['relay', ports.relay],
    ['plc', ports.plc],
    ...ports.pds.map((port, i): [string, number] => [`pds${i + 1}`, port]),
  ]
  const busy: string[] = []
  for (const [name, port] of named) {
    const probe = await openOn(port)
    if (probe === undefined) busy.push(`${port} (${name})`)
    else await probe.close()
  }
  if (busy.length > 0) throw new CommandRefused(`these ports are taken: ${busy.join(', ')}. ${remedy}`)
}
