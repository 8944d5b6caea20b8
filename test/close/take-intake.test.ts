// The intake over the network: who gets what of it, in turn and on the record; what an auditor verifies from it to the last figure and nobody else can;
// a late appview made of it; and what protects from a file that says of an account or a key what the log and the directory do not.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { test } from 'node:test'
import { Found } from '../../appview/audit/found.ts'
import { besideAt, differenceText, importIntakeInto, verifyIntakeFile } from '../../appview/intake.ts'
import { checkKeys } from '../../appview/intake-export/key-check.ts'
import { fetchPackedFile } from '../../cli/network/fetch-file.ts'
import { query, XrpcRefused } from '../../cli/xrpc-client.ts'
import type { WrittenRecord } from '../../cli/xrpc-client.ts'
import { deskMethod, method } from '../../lexicons/authority.ts'
import { readRelayLog } from '../../relay/audit.ts'
import { at, eventually, listIn, parseJson } from '../support/asking.ts'
import type { Json } from '../support/asking.ts'
import type { Member } from '../support/member.ts'
import { KANAZAWA, openTown, publishFileOf, residents } from '../support/town.ts'
import { PASSWORD } from '../support/world.ts'

const run = promisify(execFile)
const NOTE = '引っ越しの手伝い'
const WITHDRAWN = '取り消した記録'
const REASON = '二人とも覚えがない'

const townWithARuling = async () => {
  await using stack = new AsyncDisposableStack()
  const { world, town } = await openTown()
  stack.use(world)
  await world.closeAppview(world.appview)
  const publishFile = publishFileOf(town)
  const roster = [{ code: KANAZAWA, did: town.did }]
  const appview = await world.openAppview(roster, 'appview', { publishFile })
  const people = await residents(town, ['aoi', 'ren', 'yui', 'sora', 'hina', 'riku', 'mei', 'kai'])
  await world.member('silent')
  const [aoi = assert.fail(), ren = assert.fail(), yui = assert.fail(), sora = assert.fail(), hina = assert.fail()] = people
  const ask = async (member: Member, nsid: string, input: Json): Promise<Json> =>
    member.tell(nsid, { town: KANAZAWA, ...input }, appview.url)
  for (const [member, role] of [
    [ren, 'clerk'],
    [yui, 'approver'],
    [sora, 'auditor'],
  ] as const)
    await ask(town, deskMethod.addRole, { did: member.did, role })
  const acts: WrittenRecord[] = []
  for (const [index, giver] of people.entries()) {
    const act = await giver.act(KANAZAWA, { note: `${NOTE}${index}` })
    await (people[(index + 1) % people.length] ?? giver).confirm(act)
    acts.push(act)
  }
  await aoi.remove((await aoi.act(KANAZAWA, { note: WITHDRAWN, minutes: 37, performedOn: '2026-05-09' })).uri)
  await world.settled()
  const uri = acts[5]?.uri ?? ''
  const patiently = (work: () => Promise<Json>, what: string): Promise<Json> =>
    eventually(
      () => work().catch((error: unknown) => (error instanceof XrpcRefused ? { refused: error.message } : assert.fail(String(error)))),
      (answer) => !('refused' in answer),
      what,
    )
  const dispute = await patiently(() => ask(ren, deskMethod.openDispute, { uri, reason: REASON }), 'a dispute')
  const ruling = { dispute: dispute['uri'], outcome: 'upheld', reason: REASON }
  const draft = await patiently(() => ask(ren, deskMethod.proposeRuling, ruling), 'a ruling')
  await patiently(() => ask(yui, deskMethod.approve, { id: draft['id'], version: draft['version'] }), 'approved')
  await eventually(
    () => town.ask(method.getStatement, { scope: KANAZAWA, fiscalYear: '2026' }, appview.url),
    (answer) => at(answer, 'statement', 'units', 'MIN', 'PL')['4110'] === 7 * 60,
    'the ruling is in the books',
  )
  await world.settled()
  world.step('2027-06-01T03:00:00.000Z')
  await patiently(() => ask(town, deskMethod.close, { fiscalYear: 2026 }), 'closed')
  await eventually(
    () => query(appview.url, method.getStatement, { scope: KANAZAWA, fiscalYear: '2026' }),
    (answer) => 'closing' in answer,
    'the close is in the books',
  )
  const leaves = await world.leaves()
  await hina.deactivate()
  await eventually(
    () => world.leaves(),
    (now) => now > leaves,
    'the log knows of the account',
  )
  await world.settled()
  return { stack: stack.move(), world, town, people, appview, roster, ask }
}

const textOf = (file: string): string => gunzipSync(readFileSync(file)).toString()

const withLine = (text: string, line: Json & { readonly leaf: number }): string => {
  const lines = text.trimEnd().split('\n').slice(0, -1)
  const index = lines.findIndex((one) => Number(parseJson(JSON.parse(one))['leaf'] ?? 0) > line.leaf)
  const body = lines.toSpliced(index, 0, JSON.stringify(line))
  const leaves = body.map((one) => parseJson(JSON.parse(one))).filter((one) => 'leaf' in one)
  const rows = leaves.reduce((sum, one) => sum + listIn(one, 'rows').length, 0)
  const whole = body.map((one) => `${one}\n`).join('')
  const end = { leaves: leaves.length, rows, withheld: 0, sha256: createHash('sha256').update(whole).digest('hex') }
  return `${whole}${JSON.stringify({ end })}\n`
}

test('an intake taken over the network', async (t) => {
  const { stack, world, town, people, appview, roster } = await townWithARuling()
  await using _ = stack
  const [aoi = assert.fail(), ren = assert.fail(), , sora = assert.fail()] = people
  const [open, own] = [join(world.dir, 'open.jsonl.gz'), join(world.dir, 'own.jsonl.gz')]
  const address = (code?: string): string => `${appview.url}/xrpc/${method.exportIntake}${code === undefined ? '' : `?town=${code}`}`
  const codeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'done',
      (error: unknown) => (error instanceof XrpcRefused ? `${error.status} ${error.code} ${error.message}` : assert.fail(String(error))),
    )
  const beside = besideAt({ relayUrl: world.relay.url, plcUrl: world.plc.url })
  const verdictsOf = async (file: string, more = {}): Promise<readonly string[]> =>
    (await verifyIntakeFile(file, {}, undefined, more)).verified.map(({ verdict }) => verdict)

  await t.test('anybody gets what its authors show, and whoever asks meanwhile the same', async () => {
    await fetchPackedFile(address(), null, open)
    await fetchPackedFile(address(), null, `${open}.2.gz`)
    assert(readFileSync(`${open}.2.gz`).equals(readFileSync(open)))
    const text = textOf(open)
    assert(text.includes(`${NOTE}1`) && text.includes('"view":"public"'))
    for (const hidden of [WITHDRAWN, REASON, '"minutes":37', '2026-05-09', `${NOTE}4`]) assert.equal(text.includes(hidden), false, hidden)
    const { report, verified } = await verifyIntakeFile(open, {}, undefined, beside)
    assert.deepEqual(report.problems, [])
    assert.equal(report.checked['entries without content'], 2)
    const [area = assert.fail()] = verified
    assert.equal(verified.length, 3)
    assert.equal(area.verdict, 'lacking')
    const entries = ['dispute', 'ruling'].map((kind) => ({ town: KANAZAWA, kind, count: 1 }))
    assert.deepEqual(area.excuse?.lacking, { withdrawn: 1, inactive: 2, erased: 0, entries })
    assert.match(
      area.differences.map(differenceText).join('\n'),
      /signed: units\.MIN\.PL\.4110 = 420; from the intake: units\.MIN\.PL\.4110 = /,
    )
  })

  await t.test('a desk’s: for auditors, admins and the town, on the record', async () => {
    for (const [member, refusal] of [
      [aoi, 'desk.no-role'],
      [ren, 'desk.role-insufficient'],
    ] as const)
      assert.match(
        await codeOf(fetchPackedFile(address(KANAZAWA), await member.tokenFor(method.exportIntake, appview.url), own)),
        new RegExp(`^403 Refused ${refusal}`),
      )
    assert.match(await codeOf(fetchPackedFile(address(KANAZAWA), null, own)), /^401 AuthMissing/)
    await fetchPackedFile(address(KANAZAWA), await sora.tokenFor(method.exportIntake, appview.url), own)
    const text = textOf(own)
    assert(text.includes(REASON) && text.includes('"minutes":37'))
    for (const hidden of [WITHDRAWN, `${NOTE}4`]) assert.equal(text.includes(hidden), false, hidden)
    const trail = listIn(await town.ask(deskMethod.listTrail, { town: KANAZAWA }, appview.url), 'rows')
    const lines = trail.filter(({ deed }) => deed === 'intake.export').map(({ by, outcome, code }) => [by, code ?? outcome])
    assert.deepEqual(lines, [
      [sora.did, 'done'],
      [ren.did, 'desk.role-insufficient'],
    ])
    const commanded = join(world.dir, 'commanded.jsonl')
    const by = ['--as', sora.session.handle, '--password', PASSWORD, '--pds', sora.session.service]
    const command = ['cli/waki.js', 'intake', 'export', '--from', appview.url, '--town', KANAZAWA, ...by, '--out', commanded]
    const { stdout } = await run(process.execPath, command)
    assert.match(stdout, /for its auditors and its desk alone/)
    assert.equal(readFileSync(commanded, 'utf8').split('\n')[0], text.split('\n')[0])
    const others = command.map((word) => (word === sora.session.handle ? aoi.session.handle : word))
    const refused = await run(process.execPath, others).catch(parseJson)
    assert.match(String(refused.stderr), /desk\.no-role/)
  })

  await t.test('an auditor’s verifies every figure, against the log and the directory', async () => {
    const { report, verified } = await verifyIntakeFile(own, {}, undefined, beside)
    assert.deepEqual(report.problems, [])
    assert.deepEqual(
      verified.map(({ verdict }) => verdict),
      ['same', 'same', 'same'],
    )
    assert.equal(report.checked['entries with content'], 2)
    assert((report.checked['leaves'] ?? 0) > 20 && (report.checked['keys'] ?? 0) >= people.length)
    const named = ['--relay', world.relay.url, '--plc', world.plc.url]
    const { stdout } = await run(process.execPath, ['cli/waki.js', 'statement', 'verify', '--intake', own, ...named])
    assert.match(stdout, /3 of 3/)
    const outcome = await run(process.execPath, ['cli/waki.js', 'statement', 'verify', '--intake', open]).catch((error: unknown) =>
      parseJson(error),
    )
    assert.match(
      String(outcome.stdout),
      /2 entries are here without their content[^]*rows are kept back[^]*cannot be made again from this file/,
    )
    assert.match(
      String(outcome.stdout),
      /not in this file[^]*1 records whose authors took them back[^]*1 entries whose content the desk of 172014 alone has \(rulings\)/,
    )
    assert.match(String(outcome.stderr), /cannot be made again from this file; verify them from an auditor’s export/)
    assert.equal(parseJson(outcome)['code'], 2, 'nothing that it holds whole differs')
    const group = ['--group', '17', '--year', '2026']
    const whole = await run(process.execPath, ['cli/waki.js', 'statement', 'verify', '--intake', open, ...group]).catch(parseJson)
    assert.deepEqual([parseJson(whole)['code'], /it rests on records that this file lacks/.test(String(whole.stderr))], [2, true])
  })

  await t.test('a late appview made of what anybody gets follows the log from there', async () => {
    mkdirSync(world.folder('late'))
    const report = await importIntakeInto(join(world.folder('late'), 'appview.sqlite'), open, beside)
    assert.deepEqual(report.problems, [])
    const late = await world.openAppview(roster, 'late')
    await aoi.act(KANAZAWA, { minutes: 25, performedOn: '2027-05-31' })
    await world.settled()
    const running = (url: string) => town.ask(method.getStatement, { scope: KANAZAWA, fiscalYear: '2027' }, url)
    assert.deepEqual(at(await running(late.url), 'statement', 'notes'), at(await running(appview.url), 'statement', 'notes'))
  })

  await t.test('a file that says an account is gone is not taken on its word', async () => {
    const lines = textOf(own)
      .trimEnd()
      .split('\n')
      .map((line) => parseJson(JSON.parse(line)))
    const used = new Set(lines.map(({ leaf }) => leaf))
    const first = listIn(lines.find((line) => 'leaf' in line && Number(line['leaf']) > 3) ?? {}, 'rows')[0] ?? assert.fail()
    const leaf = Array.from({ length: 200 }, (_, index) => index + 4).find((one) => !used.has(one)) ?? assert.fail('a leaf without rows')
    const before = lines.findLast((line) => Number(line['leaf'] ?? Infinity) < leaf) ?? assert.fail()
    const { recordedAt } = listIn(before, 'rows')[0] ?? assert.fail()
    const gone = {
      source: 'account',
      action: 'update',
      repo: aoi.did,
      collection: '',
      rkey: '',
      uri: `at://${aoi.did}`,
      cid: null,
      value: null,
    }
    const row = { origin: first['origin'], leaf, op: 0, recordedAt, ...gone, account: { active: false, status: 'deleted' } }
    const file = join(world.dir, 'gone.jsonl')
    writeFileSync(file, withLine(textOf(own), { leaf, rows: [row], proof: null }))
    const problems = async (more = {}): Promise<string> =>
      (await importIntakeInto(join(world.dir, 'gone.sqlite'), file, more)).problems.map(({ what }) => what).join('\n')
    assert.match(await problems(), /nothing here proves that the account is deleted/)
    assert.match(await problems(beside), /the log has (?:a leaf of another repo|an event of kind|no such leaf)/)
    const log = readRelayLog(world.folder('relay')) ?? assert.fail()
    assert.match(await problems({ log: { folder: log } }), /the log has/)
    const whole = await importIntakeInto(join(world.dir, 'whole.sqlite'), own, { log: { folder: log } })
    assert.deepEqual(whole.problems, [], 'also where the log has accounts that never wrote for us')
    log.close()
    const { report } = await verifyIntakeFile(file, {})
    assert.equal(report.checked['accounts said to be gone'], 2, 'whoever only verifies is told')
    assert.notDeepEqual((await verifyIntakeFile(file, {}, undefined, beside)).report.problems, [])
    assert.deepEqual(await verdictsOf(own, beside), ['same', 'same', 'same'])
  })

  await t.test('a key is one the directory named for that DID, at that time', async () => {
    const log = await (await fetch(`${world.plc.url}/${aoi.did}/log/audit`)).json()
    const [entry] = Array.isArray(log) ? log.map(parseJson) : []
    const didKey = String(at(entry ?? {}, 'operation', 'verificationMethods')['atproto'])
    const evidence = JSON.stringify({ kind: 'plc', operationCid: entry?.['cid'] })
    const now = String(entry?.['createdAt'])
    const told = async (use: Json, isRealTime = true): Promise<readonly string[]> => {
      const found = new Found()
      const one = { repo: aoi.did, didKey, evidence, leaf: 1, first: now, last: now, ...use }
      await checkKeys({ plcUrl: world.plc.url, fetch, allowLoopback: true, isRealTime }, [one], found)
      return found.report().problems.map(({ what }) => what)
    }
    assert.deepEqual(await told({}), [])
    assert.match(String(await told({ didKey: 'did:key:zQ3shunBKsXixLxKtC5qeSG9E4J5RkGN57im31pcTzbNQnm5w' })), /never named the key/)
    assert.match(String(await told({ first: '2020-01-01T00:00:00.000Z' })), /not that of the DID at the time/)
    assert.deepEqual(await told({ first: '2020-01-01T00:00:00.000Z' }, false), [], 'a log of another clock is not held against it')
    assert.match(String(await told({ repo: 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa' })), /answers 404/)
  })
})
