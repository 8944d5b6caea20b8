// The local network as a newcomer starts it: how long until the first page, what each server takes in memory while idle, how long the demo's town takes.
//   npm run bench:idle [-- --quick]      quick: without the demo

import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { projectRoot } from './child.ts'
import { isQuick } from './mode.ts'
import { processFigures } from './process-figures.ts'
import { publish, type Aim, type Row } from './report.ts'
import { scratchDir } from './servers.ts'

const AIM_MB = 120
const AIM_PAGE_SECONDS = 15
const AIM_DEMO_SECONDS = 60
const SETTLE_MS = 3_000
const WAIT_MS = 180_000
const POLL_MS = 50

type Urls = { readonly plc: string; readonly pds: readonly string[]; readonly relay: string; readonly appview: string }

let network: ChildProcess | undefined
process.once('exit', () => network?.kill('SIGKILL'))

/** Seconds until the first page came, and until everything was ready; `use` looks at the running network. */
const run = async (args: readonly string[], use: (urls: Urls, pid: number) => Promise<void>): Promise<{ page: number; ready: number }> => {
  const dir = scratchDir('network')
  const ready = join(dir, 'ready.json')
  const begun = performance.now()
  const child = spawn(
    process.execPath,
    ['cli/waki.js', 'network', '--data', join(dir, 'data'), '--ports', '0', '--ready', ready, ...args],
    {
      cwd: projectRoot,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  network = child
  child.stdout.resume()
  const gone = new Promise((resolve) => child.once('exit', resolve))
  while (!existsSync(ready) || readFileSync(ready, 'utf8') === '') {
    if (child.exitCode !== null || performance.now() - begun > WAIT_MS) throw new Error('the network did not start')
    await pause(POLL_MS)
  }
  const readySeconds = (performance.now() - begun) / 1000
  const urls: Urls = JSON.parse(readFileSync(ready, 'utf8'))
  const page = await fetch(urls.appview)
  if (!page.ok || !(await page.text()).includes('<html')) throw new Error(`the first page answers ${page.status}`)
  const pageSeconds = (performance.now() - begun) / 1000
  await use(urls, child.pid ?? 0)
  child.kill('SIGTERM')
  await gone
  return { page: pageSeconds, ready: readySeconds }
}

/** The server processes under a network, by the folder of their main.ts. */
const serversOf = (pid: number): { readonly name: string; readonly pid: number }[] => {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)
  return children.flatMap((child) => {
    const command = readFileSync(`/proc/${child}/cmdline`, 'utf8').split('\0')
    const main = command.find((part) => part.endsWith('/main.ts'))
    return main === undefined ? [] : [{ name: main.split('/').at(-2) ?? '', pid: child }]
  })
}

const memory: Row[] = []
const starts: Row[] = []
const measureStart = async (what: string): Promise<number> => {
  const { page } = await run([], async (_urls, pid) => {
    await pause(SETTLE_MS)
    for (const server of serversOf(pid)) memory.push({ start: what, server: server.name, 'RSS MB': processFigures(server.pid).rssMb })
  })
  starts.push({ what, 'seconds to the first page': page })
  return page
}

rmSync(join(projectRoot, 'node_modules', '.cache', 'waki'), { recursive: true, force: true })
const page = await measureStart('first start after an installation')
await measureStart('later start')
const largest = Math.max(...memory.map((row) => Number(row['RSS MB'])))
const aims: Aim[] = [
  { what: 'idle server, the largest', aim: `≤ ${AIM_MB} MB`, seen: `${largest.toFixed(0)} MB`, holds: largest <= AIM_MB },
  { what: 'first page after the start', aim: `≤ ${AIM_PAGE_SECONDS} s`, seen: `${page.toFixed(1)} s`, holds: page <= AIM_PAGE_SECONDS },
]
if (!isQuick) {
  const { ready } = await run(['--demo'], async (_urls, pid) => {
    for (const server of serversOf(pid))
      memory.push({ start: 'after the demo', server: server.name, 'RSS MB': processFigures(server.pid).rssMb })
  })
  starts.push({ what: 'demo, filled', 'seconds to the first page': ready })
  aims.push({ what: 'the demo town', aim: `≤ ${AIM_DEMO_SECONDS} s`, seen: `${ready.toFixed(0)} s`, holds: ready <= AIM_DEMO_SECONDS })
}
publish({
  name: 'idle',
  tables: [
    { title: 'The local network: start', rows: starts },
    { title: 'The local network: memory of each idle server', rows: memory },
  ],
  aims,
})
process.exit(0)
