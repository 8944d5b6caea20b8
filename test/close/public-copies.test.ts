// What anybody may take away, over real sockets: who reads nothing keeps nobody else out and is ended, all read one copy, made once, and nothing of it stays in
// the folder.

import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { paced } from '../../appview/intake-export/pace.ts'
import { createPublicCopies } from '../../appview/intake-export/public-copies.ts'
import {
  EXPORT_STALL_MS,
  PUBLIC_COPIES_KEPT,
  PUBLIC_COPY_FRESH_MS,
  PUBLIC_READERS_PER_ADDRESS,
} from '../../appview/intake-export/limits.ts'
import { method } from '../../lexicons/authority.ts'
import { systemClock } from '../../server/clock.ts'
import type { Clock } from '../../server/clock.ts'
import { answer } from '../../server/xrpc-answer.ts'
import { startTestServer } from '../server/support/server.ts'
import { openTown, residents } from '../support/town.ts'

test('a stranger who asks and reads nothing keeps nobody out', async () => {
  const { world, town } = await openTown()
  await using _ = world
  await residents(town, ['aoi', 'ren'])
  await world.settled()
  const address = new URL(`${world.appview.url}/xrpc/${method.exportIntake}`)
  const idle = await Promise.all(Array.from({ length: PUBLIC_READERS_PER_ADDRESS - 2 }, () => asked(address)))
  const taken = await Promise.all(
    [fetch(address), fetch(address)].map(async (answer) => [(await answer).status, (await (await answer).bytes()).length]),
  )
  assert.deepEqual(taken, [
    [200, taken[0]?.[1]],
    [200, taken[0]?.[1]],
  ])
  for (const socket of idle) socket.destroy()
})

/** Asks and never reads. */
const asked = (address: URL): Promise<Socket> =>
  new Promise((resolve) => {
    const socket = connect(Number(address.port), address.hostname, () => {
      socket.pause()
      socket.write(`GET ${address.pathname} HTTP/1.1\r\nHost: ${address.host}\r\n\r\n`, () => resolve(socket))
    })
  })

/** Real time, so many times as fast. */
const fastClock = (times: number): Clock => {
  const clock = systemClock()
  return { ...clock, monotonicMs: () => clock.monotonicMs() * times, every: (ms, fn) => clock.every(ms / times, fn) }
}

test('who takes nothing any more is cut off, and whoever reads has all of it', async (t) => {
  const CHUNK = new Uint8Array(1 << 20)
  const CHUNKS = 60
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let index = 0; index < CHUNKS; index++) yield CHUNK
  }
  // A stall is over in a second here.
  const clock = fastClock(EXPORT_STALL_MS / 1_000)
  const cut = Promise.withResolvers<void>()
  const { url } = await startTestServer(t, {
    setup: (app) => {
      app.get('/', (req, res) => {
        const end = (): void => {
          res.destroy()
          cut.resolve()
        }
        return answer(req, res, { stream: paced(chunks(), clock, end) })
      })
    },
  })
  const address = new URL(`${url}/`)
  const idle = await asked(address)
  idle.on('error', () => {})
  const gone = new Promise<void>((resolve) => idle.once('close', () => resolve()))
  assert.equal((await (await fetch(address)).bytes()).length, CHUNKS * CHUNK.length)
  await cut.promise
  idle.resume()
  await gone
  assert(idle.bytesRead < CHUNKS * CHUNK.length)
})

const textOf = async (chunks: AsyncIterable<Uint8Array>): Promise<string> => Buffer.concat(await Array.fromAsync(chunks)).toString()

test('one copy is made for all who ask meanwhile; it leaves nothing in the folder, and one that fails is made again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'waki-copies-'))
  try {
    let nowMs = 0
    let made = 0
    const goOn: PromiseWithResolvers<void>[] = []
    const make = async function* (): AsyncGenerator<Uint8Array> {
      const nth = ++made
      const gate = Promise.withResolvers<void>()
      goOn.push(gate)
      yield Buffer.from(`begin ${nth} `)
      await gate.promise
      if (nth === 2) throw new Error('the store is away')
      yield Buffer.from('end')
    }
    const copies = createPublicCopies({ folder, clock: { ...systemClock(), monotonicMs: () => nowMs }, make })
    const [one, other] = [copies.read(), copies.read()]
    const [first] = [await one.next(), await other.next()]
    assert.equal(Buffer.from(first.value ?? []).toString(), 'begin 1 ', 'while it is being made')
    assert.deepEqual(readdirSync(folder), [])
    goOn[0]?.resolve()
    assert.deepEqual([await textOf(one), await textOf(other), await textOf(copies.read())], ['end', 'end', 'begin 1 end'])
    assert.equal(made, 1)

    nowMs += PUBLIC_COPY_FRESH_MS
    const broken = textOf(copies.read())
    goOn[1]?.resolve()
    await assert.rejects(broken, /the store is away/)
    const held: AsyncGenerator<Uint8Array>[] = []
    for (let index = 0; index < PUBLIC_COPIES_KEPT; index++) {
      const reading = copies.read()
      await reading.next()
      held.push(reading)
      goOn.at(-1)?.resolve()
      assert.equal(await textOf(copies.read()), `begin ${index + 3} end`)
      nowMs += PUBLIC_COPY_FRESH_MS
    }
    const last = `begin ${PUBLIC_COPIES_KEPT + 2} end`
    assert.equal(await textOf(copies.read()), last, 'no more are kept, so the newest stays')
    await held[0]?.return(undefined)
    const renewed = textOf(copies.read())
    goOn.at(-1)?.resolve()
    assert.notEqual(await renewed, last)
    for (const reading of held) await reading.return(undefined)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
