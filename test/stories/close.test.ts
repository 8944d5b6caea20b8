// A year is closed by its town, over real sockets: the close is published once, everybody sees what was signed, and appviews that came by other ways sign
// the same hashes: from the start, inside the replay window, later from an intake export; all of them across a commit a host kept back. A machine that
// never saw any of them makes the same from a file.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { test } from 'node:test'
import { exportIntakeTo, importIntakeInto, verifyIntakeFile } from '../../appview/intake.ts'
import { query, XrpcRefused } from '../../cli/xrpc-client.ts'
import { deskMethod, method, nsid } from '../../lexicons/authority.ts'
import { at, eventually, listIn } from '../support/asking.ts'
import type { Json } from '../support/asking.ts'
import { liarResident } from '../support/liar-account.ts'
import type { Member } from '../support/member.ts'
import { KANAZAWA, closeAndAudit, openTown, publishFileOf, residents } from '../support/town.ts'

const run = promisify(execFile)
const NAMES = ['aoi', 'ren', 'yui', 'sora', 'hina', 'riku', 'mei']
const FY = 2026
const NOON_OF_1_JUNE = '2027-06-01T03:00:00.000Z'

/** The appview may write as the town. */
const codeOf = (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => 'done',
    (error: unknown) => (error instanceof XrpcRefused ? (error.message.split(':')[0] ?? '') : assert.fail(String(error))),
  )

const publicStatement = (appview: string, more: Readonly<Record<string, string>> = {}): Promise<Json> =>
  query(appview, method.getStatement, { scope: KANAZAWA, fiscalYear: String(FY), ...more })

const partsOf = (uri: string): Readonly<Record<string, string>> => {
  const [, , repo = '', collection = '', rkey = ''] = uri.split('/')
  return { repo, collection, rkey }
}

const hashesAt = async (appview: string): Promise<string> => {
  const worksheet = await query(appview, method.getConsolidation, { scope: KANAZAWA, fiscalYear: String(FY) })
  const answers = [await publicStatement(appview), await publicStatement(appview, { kind: 'municipality' }), worksheet]
  return JSON.stringify(
    answers.map((answer) => [at(answer, 'proof')['hash'], at(answer, 'closing')['verdict'], at(answer, 'closing')['hash']]),
  )
}

test('a town closes its year; appviews that came by other ways see and make the same; a file alone proves it', async () => {
  const { world, town } = await openTown()
  await using _ = world
  await world.closeAppview(world.appview)
  const publishFile = publishFileOf(town)
  const roster = [{ code: KANAZAWA, did: town.did }]
  const first = await world.openAppview(roster, 'appview', { publishFile })
  const people = await residents(town, NAMES)
  const { host, account: taro } = await liarResident(town)
  host.repos.set(taro.did, () => taro.repo.car())

  for (const [index, giver] of people.entries()) {
    const act = await giver.act(KANAZAWA, { minutes: 60 })
    await (people[(index + 1) % people.length] ?? giver).confirm(act)
  }
  const late = await people[0]?.act(KANAZAWA, { minutes: 30 })
  await world.settled()
  // A host keeps one commit back; the next one does not follow, and the repo is fetched.
  const action = (minutes: number): Json => ({ $type: nsid.action, ...town.action(KANAZAWA, { minutes, performedOn: '2026-05-10' }) })
  const kept = taro.create(nsid.action, '3mlifhhkt2r22', action(15))
  const sent = taro.create(nsid.action, '3mlifhhkt2s22', action(20))
  host.send(sent.written.frame)
  world.wrote(taro.did, sent.written.event.rev)
  await world.settled()
  for (const act of [kept, sent]) await people[1]?.confirm(act)
  await world.settled()
  const second = await world.openAppview(roster, 'second')
  await world.settled()

  // Too early, by a stranger, and then at its time.
  const close = (by: Member, appview = first.url) => by.tell(deskMethod.close, { town: KANAZAWA, fiscalYear: FY }, appview)
  assert.equal(await codeOf(close(town)), 'close.too-early')
  assert.equal(await codeOf(close(people[0] ?? town)), 'desk.no-role')
  assert.equal(await codeOf(close(town, second.url)), 'desk.no-publish-account')
  world.step(NOON_OF_1_JUNE)
  await world.settled()
  assert.equal(at(await publicStatement(first.url), 'closing')['version'], undefined)
  const closed = await eventually(
    (): Promise<Json> => close(town).catch((error: unknown) => ({ refused: String(error) })),
    (answer) => 'hash' in answer,
    'the books have come past the cut-off',
  )
  assert.equal(await codeOf(close(town)), 'close.already-closed')
  const shown = async (appview: string): Promise<Json> =>
    eventually(
      () => publicStatement(appview),
      (answer) => 'closing' in answer,
      'the close is in the books',
    )
  for (const { url } of [first, second]) {
    const answer = await shown(url)
    assert.equal(at(answer, 'closing')['verdict'], 'same')
    assert.equal(at(answer, 'closing')['hash'], closed['hash'])
    assert.equal(at(answer, 'statement', 'units', 'MIN', 'PL')['4110'], 7 * 60 + 15 + 20)
  }
  const { records } = await query(town.session.service, 'com.atproto.repo.listRecords', { repo: town.did, collection: nsid.close })
  assert.equal(Array.isArray(records) ? records.length : 0, 1)

  // What is confirmed later changes the next year, not this one.
  await people[1]?.confirm(late ?? assert.fail())
  world.step('2027-06-20T03:00:00.000Z')
  const rates = [{ category: '*', yenPerHour: 1931, method: 'RC-S' }]
  const table = await town.create(nsid.rateTable, { rates, source: '内閣府 2027', validFrom: '2026-04-01' })
  // The relay learns the town's newest commit from the world only when the world knows it.
  await world.settled()
  const restated = await town.tell(
    deskMethod.restate,
    {
      town: KANAZAWA,
      fiscalYear: FY,
      reason: '単価表の改定',
      rateTable: table.uri,
    },
    first.url,
  )
  assert.equal(restated['version'], 2)
  await eventually(
    () => publicStatement(second.url),
    (answer) => at(answer, 'closing')['version'] === 2,
    'version 2 is shown',
  )
  const one = await publicStatement(second.url, { version: '1' })
  assert.deepEqual(
    [at(one, 'closing')['version'], at(one, 'closing')['newest'], at(one, 'closing')['newestReason']],
    [1, 2, '単価表の改定'],
  )
  assert.equal(at(one, 'statement', 'units', 'JPY', 'PL')['4110'], 7 * 1828 + 457 + 609)
  const sheet = await query(second.url, method.getConsolidation, { scope: KANAZAWA, fiscalYear: String(FY), version: '1' })
  assert.deepEqual([at(sheet, 'closing')['version'], at(sheet, 'closing')['newest'], at(sheet, 'closing')['verdict']], [1, 2, 'same'])
  const signed = await query(town.session.service, 'com.atproto.repo.getRecord', partsOf(String(at(sheet, 'proof', 'record')['uri'])))
  assert.deepEqual(at(signed, 'value', 'statement'), sheet['consolidation'], 'the worksheet shown is the one in the record')
  const two = await publicStatement(second.url)
  assert.equal(at(two, 'statement', 'units', 'JPY', 'PL')['4110'], 7 * 1931 + 483 + 644)
  const versions = listIn(await query(second.url, method.getClosing, { scope: KANAZAWA, fiscalYear: String(FY) }), 'versions')
  assert.deepEqual(
    versions.map(({ version, verdict }) => [version, verdict]),
    [
      [1, 'same'],
      [2, 'same'],
    ],
  )
  await world.settled()
  const hashes = await hashesAt(first.url)
  assert.equal(await hashesAt(second.url), hashes)

  // Out of the stopped appview's folder into a file, and out of the file into an appview that was never there.
  await world.closeAppview(first)
  const file = join(world.dir, 'intake.jsonl.gz')
  await exportIntakeTo(join(world.folder('appview'), 'appview.sqlite'), file, { isPrivate: false, onProgress: () => {} })
  mkdirSync(world.folder('late'))
  const report = await importIntakeInto(join(world.folder('late'), 'appview.sqlite'), file)
  assert.deepEqual(report.problems, [])
  const third = await world.openAppview(roster, 'late')
  await world.settled()
  assert.equal(await hashesAt(third.url), hashes)
  // And it follows: what is written now is in its books as in the others'.
  await people[2]?.act(KANAZAWA, { minutes: 45, performedOn: '2027-06-20' })
  await world.settled()
  const running = (appview: string) => town.ask(method.getStatement, { scope: KANAZAWA, fiscalYear: String(FY + 1) }, appview)
  assert.deepEqual(at(await running(third.url), 'statement'), at(await running(second.url), 'statement'))

  // The file alone.
  const { verified } = await verifyIntakeFile(file, {})
  assert.deepEqual(
    verified.map(({ version, entity, verdict }) => [version, entity, verdict]),
    [1, 2].flatMap((version) => [null, `M:${KANAZAWA}`, null].map((entity) => [version, entity, 'same'])),
  )
  const { stdout } = await run(process.execPath, ['cli/waki.js', 'statement', 'verify', '--intake', file])
  assert.match(stdout, /6 of 6/)
  assert.equal(readFileSync(file).length > 1_000, true)
  await closeAndAudit(world, ['appview', 'second', 'late'])
})
