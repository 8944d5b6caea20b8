// The official PDS, unchanged, in a process of its own beside a world's servers; stopped with them.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { eventually } from './asking.ts'
import type { World } from './world.ts'

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** `folder`: where it is installed (needs.ts). Gives its address; its accounts are in the world's directory. */
export const startReferencePds = async (world: World, folder: string): Promise<string> => {
  const port = await freePort()
  const env = { ...process.env, PDS_PORT: String(port), PDS_DATA: world.folder('reference'), PLC_URL: world.plc.url, LOG_ENABLED: 'false' }
  const child = spawn(process.execPath, [join(folder, 'pds.mjs')], { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] })
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  world.onClose(async () => {
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  })
  const url = `http://localhost:${port}`
  const health = () =>
    fetch(`${url}/xrpc/_health`).then(
      ({ status }) => status,
      () => (child.exitCode === null ? 0 : -1),
    )
  assert.equal(await eventually(health, (status) => status !== 0, 'the official PDS answers'), 200, errors)
  return url
}
