// The compose file and the image, as far as they can be seen without running them: settings, roles and commands are ours, what they name is there, mongod
// knows its settings. And the operator's guide: settings, figures and commands in it exist, and no setting is missing.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { readAppviewConfig } from '../../appview/config.ts'
import { at, parseJson } from '../support/asking.ts'
import type { Json } from '../support/asking.ts'
import { mongodPath, opensslPath, pythonPath, skipUnless } from '../support/needs.ts'

const root = join(import.meta.dirname, '..', '..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const yaml: { readonly yaml: { parse(text: string, options: object): unknown } } = createRequire(import.meta.url)(
  'playwright-core/lib/utilsBundle',
)

const compose = parseJson(yaml.yaml.parse(read('deploy/compose.yaml'), { merge: true }))
const services = Object.entries(at(compose, 'services')).map(([name, value]): [string, Json] => [name, parseJson(value)])
const textsIn = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])
const appviews = services.filter(([, { command }]) => textsIn(command)[0] === 'appview')
const settings = [...(read('appview/config.ts') + read('server/settings.ts')).matchAll(/'([A-Z][A-Z_]+)',\s/g)].map(
  ([, name]) => name ?? '',
)

test('a stricter reader of YAML finds the same in it', { skip: skipUnless(pythonPath, 'a Python with PyYAML') }, () => {
  const program = 'import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.stdin.read())))'
  const found: unknown = JSON.parse(
    execFileSync(pythonPath ?? '', ['-c', program], { input: read('deploy/compose.yaml'), encoding: 'utf8' }),
  )
  assert.deepEqual(found, compose)
})

test('what a service names is there: networks, volumes, secrets, files, other services', () => {
  assert.deepEqual(
    services.map(([name]) => name),
    ['mongo1', 'mongo2', 'mongo3', 'mongo-begin', 'ingest1', 'ingest2', 'web1', 'web2', 'jobs', 'proxy'],
  )
  for (const [name, service] of services) {
    for (const [kind, used] of [
      ['networks', textsIn(service['networks'])],
      ['secrets', textsIn(service['secrets'])],
      ['services', Array.isArray(service['depends_on']) ? textsIn(service['depends_on']) : Object.keys(at(service, 'depends_on'))],
    ] as const)
      for (const one of used) assert.ok(one in at(compose, kind), `${name} names ${kind} ${one}`)
    for (const volume of textsIn(service['volumes'])) {
      const from = volume.split(':')[0] ?? ''
      if (from.startsWith('./')) assert.ok(existsSync(join(root, 'deploy', from)), `${name} mounts ${from}`)
      else if (!from.startsWith('$')) assert.ok(from in at(compose, 'volumes'), `${name} mounts ${from}`)
    }
  }
  assert.equal(at(compose, 'networks', 'books')['internal'], true)
  assert.ok(!services.some(([name, { ports }]) => name !== 'proxy' && ports !== undefined), 'only the proxy is reached from outside')
})

test('every process is given settings and a command it takes', { skip: skipUnless(opensslPath, 'openssl') }, (t) => {
  assert.equal(appviews.length, 5)
  const folder = mkdtempSync(join(tmpdir(), 'waki-secrets-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  // The secrets as the lines at the head of the file make them.
  const lines = [...read('deploy/compose.yaml').matchAll(/^# {3}((?:mkdir|openssl|echo) .*)$/gm)].map(([, line = '']) => line)
  execFileSync('/bin/sh', ['-ec', lines.join('\n')], { cwd: folder })
  const storeFile = join(folder, 'deploy', 'secrets', 'store')
  for (const secret of Object.values(at(compose, 'secrets')))
    assert.ok(readFileSync(join(folder, 'deploy', String(parseJson(secret)['file'])), 'utf8').length > 30)
  const example = Object.fromEntries(
    [...read('deploy/example.env').matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  )
  const filled = (text: string): string =>
    text.replaceAll(
      /\$\{([A-Z_]+)(?::-([^}]*))?\}/g,
      (_, name: string, fallback?: string) => example[name] ?? fallback ?? assert.fail(name),
    )
  const image = Object.fromEntries(
    [...(/^ENV (.*)$/m.exec(read('deploy/Dockerfile'))?.[1] ?? '').matchAll(/(\w+)=(\S+)/g)].map(([, a, b]) => [a, b]),
  )
  const roles = new Set<string>()
  for (const [name, service] of appviews) {
    const [command, flag, role = ''] = textsIn(service['command'])
    assert.deepEqual([command, flag], ['appview', '--roles'])
    const given = Object.fromEntries(Object.entries(at(service, 'environment')).map(([key, value]) => [key, filled(String(value))]))
    for (const key of Object.keys(given))
      assert.ok(settings.includes(key.replace(/^STORE_FILE$/, 'STORE')), `${name}: ${key} is no setting`)
    assert.equal(given['STORE_FILE'], '/run/secrets/store')
    given['STORE_FILE'] = storeFile
    const config = readAppviewConfig({ ...image, ...given, ROLES: role })
    assert.equal(config.publicUrl, 'https://waki.example.jp')
    assert.match(config.store ?? '', /^mongodb:\/\/waki:[0-9a-f]{48}@mongo1,mongo2,mongo3\/waki\?replicaSet=rs0&/)
    for (const one of config.roles ?? []) roles.add(one)
  }
  assert.deepEqual([...roles].toSorted(), ['ingest', 'jobs', 'pages', 'static', 'xrpc'])
})

test('the image runs what the package needs, from files that are there', () => {
  const file = read('deploy/Dockerfile')
  for (const [, version] of file.matchAll(/^FROM node:(\d+)/gm)) assert.equal(version, '24')
  for (const [, sources = ''] of file.matchAll(/^COPY (?!--from)(.*) \S+$/gm))
    for (const one of sources.split(' ')) assert.ok(existsSync(join(root, one)), one)
  const port = /PORT=(\d+)/.exec(file)?.[1] ?? ''
  assert.match(read('deploy/Caddyfile'), new RegExp(`reverse_proxy web1:${port} web2:${port}`))
  assert.match(read('deploy/Caddyfile'), /health_uri \/ready/)
  assert.ok(existsSync(join(root, 'cli', 'waki.js')) && file.includes('"cli/waki.js"'))
})

test('mongod knows every setting it is given', { skip: skipUnless(mongodPath, 'a mongod (npm run mongod)') }, () => {
  const known = execFileSync(mongodPath ?? '', ['--help'], { encoding: 'utf8' })
  const given = [
    ...`${read('deploy/compose.yaml')} ${read('docs/run-an-appview.md')}`.matchAll(
      /(--(?:tls|replSet|bind_ip|keyFile|wiredTiger|oplog)\w*)/g,
    ),
  ]
  assert.ok(given.length > 6)
  for (const [, flag = ''] of given) assert.ok(known.includes(flag), flag)
})

test("the operator's guide names settings, figures, commands and files that are there, and every setting of an appview", () => {
  const guide = read('docs/run-an-appview.md')
  const named = new Set([...guide.matchAll(/^\| `([A-Z_]+)`/gm)].map(([, name = '']) => name))
  const missing = settings.filter(
    (name) => !named.has(name) && !['SETTABLE_CLOCK', 'SETTABLE_CLOCK_START', 'ALLOW_LOOPBACK', 'HANDLE_HOSTS'].includes(name),
  )
  assert.deepEqual([...new Set(missing)], [], 'settings that are not told')
  for (const name of named) assert.ok(settings.includes(name.replace(/_FILE$/, '')) || settings.includes(name), `${name} is no setting`)
  const sources = globSync('{appview,server}/**/*.ts', { cwd: root }).map(read).join('\n')
  const figures = [...new Set(guide.match(/waki_[a-z0-9_]+/g))]
  assert.ok(figures.length >= 8)
  for (const figure of figures) {
    const own = figure.slice('waki_'.length).replace(/_(?:bucket|count|sum)$/, '')
    assert.ok(sources.includes(`'${own}'`) || /^(?:process|nodejs)_/.test(own), `${figure} is no figure`)
  }
  const commands = read('cli/main.ts')
  for (const [, command = ''] of guide.matchAll(/npx waki ([a-z]+)/g)) assert.match(commands, new RegExp(`^  ${command}: `, 'm'), command)
  for (const [, path = ''] of guide.matchAll(/`(deploy\/[\w.-]+)`/g))
    assert.ok(existsSync(join(root, path)) || path.includes('secrets'), path)
})
