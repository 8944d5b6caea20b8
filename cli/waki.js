#!/usr/bin/env node
// The `waki` command. Node 24 runs our TypeScript as it stands; an older Node hands over to the Node 24 that the package brings along.
// Compiled code is kept beside the dependencies: a server then starts four times as fast and does without the type stripper's 20 MB.

import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import module from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const OLDEST_NODE_MAJOR = 24
const here = dirname(fileURLToPath(import.meta.url))
const bundledNode = join(here, '..', 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')

// Before the first start, since a process keeps the memory in which it stripped types. A server that is told nothing says so and ends, compiled by then.
const compileServers = (dir) => {
  for (const name of ['plc', 'pds', 'relay', 'appview'])
    spawnSync(process.execPath, [join(here, '..', name, 'main.ts')], { env: { NODE_COMPILE_CACHE: dir } })
}

const useCompileCache = () => {
  const dir = join(here, '..', 'node_modules', '.cache', 'waki')
  const isFirst = !existsSync(dir)
  module.enableCompileCache(dir)
  process.env.NODE_COMPILE_CACHE = dir
  if (isFirst && process.argv[2] === 'network') compileServers(dir)
}

if (Number(process.versions.node.split('.')[0]) >= OLDEST_NODE_MAJOR) {
  if (process.env.NODE_COMPILE_CACHE === undefined) useCompileCache()
  await import('./main.ts')
} else if (existsSync(bundledNode)) {
  const child = spawn(bundledNode, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(signal === null ? code : 1))
} else {
  process.stderr.write(
    `waki needs Node ${OLDEST_NODE_MAJOR} or newer (this is ${process.version}). Run \`npm install\` in the project folder: it brings one along.\n`,
  )
  process.exit(1)
}
