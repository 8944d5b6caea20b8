// The house rules as a test: who may import whom, how long a file may be, what stands in one place only. Exceptions only shrink.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const LONGEST_FILE_LINES = 300
/** Made from the lexicons by lexicons/generate.ts. */
const GENERATED = ['lexicons/records.ts']
const ROOMS = ['atproto', 'server', 'plc', 'pds', 'relay', 'appview', 'cli', 'lexicons', 'bench', 'examples', 'test']

/** Files that git tracks or would track, as they are in the working tree. */
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(root, path)))
const code = files.filter((path) => path.endsWith('.ts') && ROOMS.includes(path.split('/')[0] ?? ''))
const source = (path: string): string => readFileSync(join(root, path), 'utf8')
const product = code.filter((path) => !path.startsWith('test/') && !path.startsWith('bench/') && !path.startsWith('examples/'))

type Import = { readonly from: string; readonly to: string; readonly typeOnly: boolean }
const IMPORT = /^\s*(?:import|export)\s+(type\s)?(?:[^'"]*?\sfrom\s)?['"]([^'"]+)['"]/gm
const importsOf = (path: string): Import[] =>
  [...source(path).matchAll(IMPORT)].map((match) => {
    const target = match[2] ?? ''
    return {
      from: path,
      to: target.startsWith('.') ? relative(root, resolve(root, dirname(path), target)) : target,
      typeOnly: match[1] !== undefined,
    }
  })
const imports = product.flatMap(importsOf)
const breaks = (rule: (one: Import) => boolean): string[] => imports.filter(rule).map((one) => `${one.from} imports ${one.to}`)
const roomOf = (path: string): string => path.split('/')[0] ?? ''
const SERVERS = ['plc', 'pds', 'relay', 'appview']

test('every room imports only what lies below it', () => {
  const below: Readonly<Record<string, readonly string[]>> = {
    lexicons: ['lexicons'],
    atproto: ['atproto', 'lexicons'],
    server: ['server', 'atproto', 'lexicons'],
    plc: ['plc', 'server', 'atproto', 'lexicons'],
    pds: ['pds', 'server', 'atproto', 'lexicons'],
    relay: ['relay', 'server', 'atproto', 'lexicons'],
    appview: ['appview', 'server', 'atproto', 'lexicons'],
  }
  assert.deepEqual(
    breaks((one) => ROOMS.includes(roomOf(one.to)) && !(below[roomOf(one.from)] ?? ROOMS).includes(roomOf(one.to))),
    [],
  )
})

test('the command line reaches servers by their entry files, the books offline, and the clock', () => {
  const open =
    /^(?:(?:plc|pds|relay|appview)\/(?:main|audit|rebuild|intake|copy-store)\.ts|appview\/(?:journal|statements|store)\/|atproto\/|lexicons\/|cli\/|server\/(?:clock|audit-report)\.ts)/
  assert.deepEqual(
    breaks((one) => roomOf(one.from) === 'cli' && ROOMS.includes(roomOf(one.to)) && !open.test(one.to)),
    [],
  )
})

test('the demo and the network commands speak to servers by XRPC, never to a store', () => {
  assert.deepEqual(
    breaks((one) => /^cli\/(?:demo|network)\//.test(one.from) && (SERVERS.includes(roomOf(one.to)) || one.to === 'better-sqlite3')),
    [],
  )
})

test('the journal imports nothing outside itself; nothing imports the web room but the appview entry', () => {
  assert.deepEqual(
    breaks(
      (one) =>
        one.from.startsWith('appview/journal/') && !/^(?:appview\/journal\/|lexicons\/authority\.ts|node:assert|node:crypto)/.test(one.to),
    ),
    [],
  )
  assert.deepEqual(
    breaks(
      (one) =>
        one.from.startsWith('appview/statements/') &&
        !/^(?:appview\/(?:journal|statements)\/|lexicons\/|node:crypto|node:assert)/.test(one.to),
    ),
    [],
  )
  assert.deepEqual(
    breaks(
      (one) =>
        one.from.startsWith('appview/export/') &&
        !/^(?:appview\/(?:export|journal|statements)\/|node:|write-excel-file\/|pdfmake$)/.test(one.to),
    ),
    [],
  )
  assert.deepEqual(
    breaks((one) => one.to.startsWith('appview/web/') && !one.from.startsWith('appview/web/') && one.from !== 'appview/appview.ts'),
    [],
  )
})

test('express stands only at doors, better-sqlite3 and timers each in one file', () => {
  const doors =
    /^(?:server\/|[a-z]+\/xrpc\/|appview\/web\/|appview\/auth\/|relay\/http|plc\/http|[a-z]+\/(?:plc|pds|relay|appview)\.ts$|pds\/auth\/)/
  assert.deepEqual(
    breaks((one) => one.to === 'express' && !one.typeOnly && !doors.test(one.from)),
    [],
  )
  assert.deepEqual(
    breaks((one) => one.to === 'better-sqlite3' && one.from !== 'server/sqlite.ts'),
    [],
  )
  assert.deepEqual(
    breaks((one) => one.to === 'mongodb' && !one.from.startsWith('appview/store/mongo-')),
    [],
  )
  const clocks = product.filter(
    (path) =>
      path !== 'server/clock.ts' && /\bDate\.now\(|\bsetTimeout\(|\bsetInterval\(|new Date\(\)|performance\.now\(/.test(source(path)),
  )
  assert.deepEqual(clocks, [])
})

test('settings are read from the environment in few places', () => {
  const readers = product.filter((path) => /process\.env\b/.test(source(path)))
  const allowed = /^(?:server\/(?:env|run-main|settings)\.ts|[a-z]+\/(?:main|config)\.ts|cli\/network\/(?:acting|child)\.ts)$/
  assert.deepEqual(
    readers.filter((path) => !allowed.test(path)),
    [],
  )
})

test('no server mounts the reference implementations', () => {
  assert.deepEqual(
    breaks((one) => ['@atproto/pds', '@did-plc/server', '@atproto/xrpc-server'].includes(one.to)),
    [],
  )
})

test('the authority of our records stands in one file', () => {
  const authority = /['"`]org\.waki\b/
  assert.deepEqual(
    product.filter((path) => path !== 'lexicons/authority.ts' && !GENERATED.includes(path) && authority.test(source(path))),
    [],
  )
})

test('no file names a place of one machine', () => {
  const place = /['"`]\/(?:tmp|work|root|home)\//
  assert.deepEqual(
    code.filter((path) => path !== 'test/tidy.test.ts' && place.test(source(path))),
    [],
  )
})

test('files are short, open with what they hold, and carry names that explain themselves', () => {
  const long = code.filter((path) => !GENERATED.includes(path) && source(path).split('\n').length > LONGEST_FILE_LINES)
  assert.deepEqual(long, [])
  const silent = product.filter((path) => !/^(?:#!.*\n)?(?:\/\/|\/\*)/.test(source(path)))
  assert.deepEqual(silent, [])
  const vague = code.filter((path) => /\/(?:utils?|helpers?|common|manager|service|index|misc)\.ts$/.test(path))
  assert.deepEqual(vague, [])
  const camel = code.filter((path) => /[A-Z_]/.test(path.split('/').at(-1) ?? ''))
  assert.deepEqual(camel, [])
})

test('no code escapes the types: no any, no non-null assertion, no bare TODO', () => {
  const escapes = code.filter(
    (path) => path !== 'test/tidy.test.ts' && /\bTODO\b|\bFIXME\b|@ts-ignore|@ts-expect-error|oxlint-disable/.test(source(path)),
  )
  assert.deepEqual(escapes, [])
})

test('nothing names a machine or a registry', () => {
  const texts = files.filter((path) => /\.(?:ts|js|mjs|md|json|css|html|yml|sh|run)$/.test(path) || path === '.ci/run' || path === '.npmrc')
  const named = texts.filter(
    (path) => path !== 'test/tidy.test.ts' && /https?:\/\/registry\.|^registry=|\/home\/[a-z]+\/|\/root\//m.test(source(path)),
  )
  assert.deepEqual(named, [])
})

test('documents name only what is there', () => {
  const documents = files.filter((path) => path.endsWith('.md') && !path.startsWith('bench/load/'))
  const missing = documents.flatMap((path) => {
    const links = [...source(path).matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)[^)]*\)/g)].map((match) =>
      join(dirname(path), match[1] ?? ''),
    )
    const named = [...source(path).matchAll(/`((?:atproto|server|plc|pds|relay|appview|cli|lexicons|bench|test)\/[\w./-]*[\w/])`/g)].map(
      (match) => match[1] ?? '',
    )
    return [...links, ...named]
      .filter((target) => !existsSync(join(root, target)) && !target.startsWith('bench/out'))
      .map((target) => `${path} names ${target}`)
  })
  assert.deepEqual(missing, [])
})
