// Settings: defaults, every kind, secrets in files, and all mistakes in one sentence that never shows a secret.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { flag, integer, json, list, oneOf, readSettings, requiredUrl, secret, text, url, urlList } from '../../server/env.ts'
import { networkSettings, serverSettings } from '../../server/settings.ts'
import { StartError } from '../../server/start-error.ts'

const kinds = {
  name: text('NAME', 'a name'),
  port: integer('PORT', 'a port', 0, { min: 0, max: 65_535 }),
  loud: flag('LOUD', 'noise', false),
  level: oneOf('LEVEL', 'how much', ['low', 'high'], 'low'),
  home: url('HOME_URL', 'an address'),
  relay: requiredUrl('RELAY_URL', 'another address'),
  hosts: list('HOSTS', 'hosts'),
  relays: urlList('RELAYS', 'relays'),
  password: secret('PASSWORD', 'a secret'),
  size: json('SIZE', 'a size', 1, (value) => {
    if (typeof value !== 'number') throw new Error('must be a number')
    return value
  }),
}

test('every kind is read; unset ones have their defaults', () => {
  const given = {
    NAME: 'a',
    PORT: '8080',
    LOUD: 'true',
    LEVEL: 'high',
    HOME_URL: 'https://example.jp/',
    RELAY_URL: 'http://localhost:1',
    HOSTS: 'a, b,,c',
    RELAYS: 'https://r.jp',
    PASSWORD: 'x',
    SIZE: '3',
  }
  assert.deepEqual(readSettings(kinds, given), {
    name: 'a',
    port: 8080,
    loud: true,
    level: 'high',
    home: 'https://example.jp',
    relay: 'http://localhost:1',
    hosts: ['a', 'b', 'c'],
    relays: ['https://r.jp'],
    password: 'x',
    size: 3,
  })
  const least = readSettings(kinds, { NAME: 'a', RELAY_URL: 'http://localhost:1', PORT: '' })
  assert.deepEqual(
    [least.port, least.loud, least.level, least.home, least.hosts, least.password, least.size],
    [0, false, 'low', undefined, [], undefined, 1],
  )
  assert.ok(Object.isFrozen(least))
})

test('all mistakes are told at once, each with its name', () => {
  const wrong = {
    PORT: '70000',
    LOUD: 'perhaps',
    LEVEL: 'middle',
    HOME_URL: 'ftp://x',
    RELAY_URL: 'https://x/path',
    RELAYS: 'nowhere',
    SIZE: '{',
    PASSWORD_FILE: '/nonexistent/secret',
  }
  assert.throws(
    () => readSettings(kinds, wrong),
    (error: unknown) =>
      error instanceof StartError &&
      ['NAME', 'PORT', 'LOUD', 'LEVEL', 'HOME_URL', 'RELAY_URL', 'RELAYS', 'SIZE', 'PASSWORD'].every((name) =>
        error.message.includes(`${name} `),
      ),
  )
})

test('a secret may stand in a file', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'waki-env-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'password'), 'from the file\n')
  const environment = { PASSWORD_FILE: join(folder, 'password') }
  assert.equal(readSettings({ password: secret('PASSWORD', 'a secret') }, environment).password, 'from the file')
})

test('the settings of every server have safe defaults', () => {
  const settings = readSettings(
    { ...serverSettings, ...networkSettings },
    { DATA_DIR: 'd', HANDLE_HOSTS: '{".pds1.test":"http://localhost:2583"}' },
  )
  assert.deepEqual(
    [settings.host, settings.port, settings.settableClock, settings.allowLoopback, settings.plcUrl],
    ['127.0.0.1', 0, false, false, 'https://plc.directory'],
  )
  assert.deepEqual(settings.handleHosts, { '.pds1.test': 'http://localhost:2583' })
  for (const hosts of ['[]', '1', '{"a":"nowhere"}', '{"a":1}'])
    assert.throws(() => readSettings(networkSettings, { HANDLE_HOSTS: hosts }), StartError, hosts)
})
