#!/usr/bin/env node
// The `waki` command. Node 24 runs our TypeScript as it stands; an older Node hands over to the Node 24 that the package brings along.

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const OLDEST_NODE_MAJOR = 24
const here = dirname(fileURLToPath(import.meta.url))
const bundledNode = join(here, '..', 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')

if (Number(process.versions.node.split('.')[0]) >= OLDEST_NODE_MAJOR) {
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
