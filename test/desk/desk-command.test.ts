// `waki desk` in a local network, as a clerk and an approver type it: a card list on paper becomes minutes in the books; refusals say what to do.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { eventually, getJson } from '../support/asking.ts'
import { LocalNetwork, wakiRefuses, wakiSays } from '../support/local-network.ts'

test('a paper list of cards, typed by one and approved by another', { timeout: 180_000 }, async () => {
  await using network = new LocalNetwork()
  const urls = await network.start()
  const at = ['--data', network.data] as const
  const desk = (...words: readonly string[]) => wakiSays('desk', ...words, ...at)
  const refuses = (...words: readonly string[]) => wakiRefuses('desk', ...words, ...at)
  for (const handle of ['clerk.pds1.test', 'second.pds1.test', 'park.pds1.test'])
    await wakiSays('account', 'create', '--handle', handle, ...at)
  const clerk = ['--as', 'clerk.pds1.test'] as const

  assert.match(await refuses('register', 'list', ...clerk), /desk\.no-role: [\s\S]*npx waki desk role add/)
  await desk('role', 'add', '--handle', 'clerk.pds1.test', '--role', 'clerk')
  await desk('role', 'add', '--handle', 'second.pds1.test', '--role', 'approver')
  assert.match(await desk('roles', ...clerk), /"clerk"/)
  assert.equal((await desk('role', 'list')).trim().split('\n').length, 2)

  const register = join(network.dir, 'register.csv')
  writeFileSync(register, '\u{feff}id,name,from\r\n1,青井,2026-04-01\r\n2,,2026-04-01\r\n')
  const dry = await desk('register', 'import', '--file', register, ...clerk)
  assert.match(dry, /Would bring in[^\n]*2 lines: 1 new, 0 changed, 0 as before, 1 refused\n {2}line 3: register\.name-missing/)
  assert.match(await desk('register', 'import', '--file', register, '--apply', ...clerk), /Brought in: 2 lines: 1 new/)
  assert.match(await desk('register', 'import', '--file', register, '--apply', ...clerk), /0 new, 0 changed, 1 as before/)
  // What a Japanese spreadsheet writes: 山田 in CP932.
  const fromExcel = join(network.dir, 'excel.csv')
  writeFileSync(
    fromExcel,
    Buffer.concat([Buffer.from('id,name,from\r\nS-1,'), Buffer.from([0x8e, 0x52, 0x93, 0x63]), Buffer.from(',2026-04-01\r\n')]),
  )
  assert.match(await desk('register', 'import', '--file', fromExcel, '--apply', ...clerk), /1 new/)
  assert.match(await desk('register', 'list', ...clerk), /山田/)

  await desk('host-body', 'add', '--handle', 'park.pds1.test', '--name-ja', '公園の会', '--from', '2020-01-01')
  assert.match(await refuses('host-body', 'end', '--handle', 'clerk.pds1.test', '--until', '2026-01-01'), /hostBody\.not-registered/)
  const list = join(network.dir, 'list.csv')
  writeFileSync(
    list,
    `card,label,minutes\r\n${Array.from({ length: 12 }, (_, n) => `c${n},参加者${n},${n === 0 ? 30 : ''}`).join('\r\n')}\r\n`,
  )
  const today = new Date(Date.parse(String((await getJson(`${urls.appview}/network.json`))['recordedAt'])) + 9 * 3_600_000)
  const event = ['--title', '清掃', '--event', 'park-1', '--on', today.toISOString().slice(0, 10), '--category', 'environment'] as const
  const sheet = ['sheet', 'save', '--file', list, ...event, '--minutes', '60', '--host', 'park.pds1.test', ...clerk] as const
  const without = await eventually(
    () => desk(...sheet),
    (answer) => !answer.includes('card-without-host-body'),
    'the host body is in the books',
  )
  assert.match(without, /0 people, 0 minutes[\s\S]*row 1 \(c0\): stamp\.host-body-no-account/)
  await desk('host-account', '--handle', 'park.pds1.test')
  const saved = await desk(...sheet)
  assert.match(saved, /12 people, 690 minutes/)
  const id = /npx waki desk propose --id (\S+)/.exec(saved)?.[1] ?? assert.fail(saved)
  assert.match(await refuses('approve', '--id', id, '--as', 'second.pds1.test'), /draft\.not-proposed[\s\S]*npx waki desk propose/)
  assert.match(await desk('propose', '--id', id, ...clerk), /proposed\nAnother person approves it/)
  assert.match(await refuses('approve', '--id', id, ...clerk), /desk\.role-insufficient/)
  assert.match(await desk('approve', '--id', id, '--as', 'second.pds1.test'), /done/)
  await eventually(
    () => desk('sheet', 'show', '--id', id, ...clerk),
    (answer) => /12 people, 690 minutes[^\n]*done/.test(answer),
    'the sheet is sent',
  )
  const again = await eventually(
    () => desk(...sheet),
    (answer) => answer.includes('0 people, 0 minutes'),
    'the same list again changes nothing once it is in the books',
  )
  assert.equal(again.match(/stamp\.already-confirmed/g)?.length, 12)
  assert.match(await desk('trail', '--limit', '5'), /"deed":"draft.approve"/)

  const made = await desk('jobs', 'start', '--kind', 'export', '--what', 'intake')
  const job = /export (\S+): done\nTake it: npx waki desk jobs take/.exec(made)?.[1] ?? assert.fail(made)
  const out = join(network.dir, 'taken.jsonl.gz')
  await desk('jobs', 'take', '--id', job, '--out', out)
  assert.match(gunzipSync(readFileSync(out)).toString(), /"view":"172014"/)
  assert.match(await desk('jobs', 'start', '--kind', 'rebuild'), /rebuild \S+: done/)
  assert.match(await desk('jobs'), /"kind":"rebuild"[\s\S]*"kind":"export"/)
  assert.match(await refuses('jobs', 'start', '--kind', 'rebuild', ...clerk), /desk\.role-insufficient/)
  assert.match(await refuses('jobs', 'cancel', '--id', job), /job\.ended/)
})
