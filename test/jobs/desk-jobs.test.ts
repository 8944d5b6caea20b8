// Jobs as a desk asks for them over real sockets: who may, what is refused and why, what an auditor takes away, and the line each leaves in the trail.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { deskMethod, method } from '../../lexicons/authority.ts'
import { atDesk, openDeskWorld, refusalAt } from '../desk/desk-world.ts'
import { at, eventually, listIn, type Json } from '../support/asking.ts'
import type { Member } from '../support/member.ts'
import { KANAZAWA, residents } from '../support/town.ts'
import { seen, Visitor } from '../pages/visitor.ts'

const { world, town, clerk, approver, admin, auditor } = await openDeskWorld()
after(() => world[Symbol.asyncDispose]())
const people = await residents(
  town,
  Array.from({ length: 6 }, (_unused, n) => `resident${n}`),
)
for (const [n, giver] of people.entries()) await people[(n + 1) % people.length]?.confirm(await giver.act(KANAZAWA, { minutes: 60 }))
await world.settled()

const ended = (who: Member, id: unknown): Promise<Json> =>
  eventually(
    // Nothing is answered while the books are folded anew.
    () => atDesk(who, 'getJob', { id: String(id) }).catch((error: unknown): Json => ({ state: String(error) })),
    ({ state }) => ['done', 'failed', 'cancelled'].includes(String(state)),
    `job ${String(id)} has ended`,
  )

const fileOf = async (who: Member, id: string): Promise<{ status: number; type: string | null; bytes: Buffer }> => {
  const asked = new URLSearchParams({ town: KANAZAWA, id })
  const headers = { authorization: `Bearer ${await who.tokenFor(deskMethod.getJobFile, world.appview.url)}` }
  const response = await fetch(`${world.appview.url}/xrpc/${deskMethod.getJobFile}?${asked.toString()}`, { headers })
  return { status: response.status, type: response.headers.get('content-type'), bytes: Buffer.from(await response.arrayBuffer()) }
}

const visitorOf = async ({ session }: Member): Promise<Visitor> => {
  const visitor = new Visitor(world.appview.url)
  await visitor.signIn(session.handle)
  return visitor
}

test('every refusal of a job', async () => {
  const { id: done } = await atDesk(auditor, 'startJob', { kind: 'auditSample', month: '2026-05' })
  await ended(auditor, done)
  const rows: readonly (readonly [string, Member, 'startJob' | 'getJob' | 'cancelJob' | 'retryJob', Json])[] = [
    ['desk.no-role', people[0] ?? town, 'startJob', { kind: 'rebuild' }],
    ['desk.role-insufficient', clerk, 'startJob', { kind: 'export', what: 'intake' }],
    ['desk.role-insufficient', auditor, 'startJob', { kind: 'close', fiscalYear: 2026 }],
    ['job.kind-unknown', admin, 'startJob', { kind: 'lunch' }],
    ['job.month-invalid', auditor, 'startJob', { kind: 'auditSample', month: '2026-13' }],
    ['job.export-unknown', auditor, 'startJob', { kind: 'export', what: 'everything' }],
    ['close.year-invalid', auditor, 'startJob', { kind: 'export', what: 'statements', format: 'pdf' }],
    ['job.unknown', clerk, 'getJob', { id: 'x' }],
    ['job.unknown', clerk, 'cancelJob', { id: 'x' }],
    ['job.ended', admin, 'cancelJob', { id: String(done) }],
    ['job.ended', auditor, 'retryJob', { id: String(done) }],
  ]
  for (const [code, who, deed, input] of rows) assert.equal(await refusalAt(who, deed, input), code, `${deed} ${JSON.stringify(input)}`)
})

test('an auditor takes the intake away as a file, whole and once again; a clerk sees the job and gets no file', async () => {
  const job = await atDesk(auditor, 'startJob', { kind: 'export', what: 'intake' })
  const after = await ended(clerk, job['id'])
  assert.deepEqual([after['state'], after['by'], at(after, 'file')['name']], ['done', auditor.did, `waki-intake-${KANAZAWA}.jsonl.gz`])
  const id = String(job['id'])
  const { status, type, bytes } = await fileOf(auditor, id)
  assert.deepEqual([status, type], [200, 'application/gzip'])
  assert.equal(createHash('sha256').update(bytes).digest('hex'), at(after, 'file')['sha256'])
  const lines = gunzipSync(bytes).toString().trim().split('\n')
  assert.match(lines[0] ?? '', new RegExp(`"view":"${KANAZAWA}"`))
  assert.match(lines.at(-1) ?? '', /"end":/)
  assert.equal((await fileOf(clerk, id)).status, 403)
  assert.equal((await fileOf(auditor, 'nothing')).status, 400)
  const trail = listIn(await atDesk(auditor, 'listTrail', { limit: 50 }), 'rows')
  const deeds = trail.map(({ deed, outcome, by }) => `${String(deed)} ${String(outcome)} ${by === auditor.did ? 'auditor' : ''}`)
  for (const line of ['job.export done auditor', 'job.take done auditor', 'job.take refused ']) assert.ok(deeds.includes(line), line)
})

test('statements of a year and the sample of a month are files', async () => {
  const xlsx = await atDesk(admin, 'startJob', { kind: 'export', what: 'statements', fiscalYear: 2026, format: 'xlsx' })
  assert.equal((await ended(admin, xlsx['id']))['state'], 'done')
  assert.equal((await fileOf(admin, String(xlsx['id']))).bytes.subarray(0, 2).toString(), 'PK')
  const [first, again] = [
    await ended(auditor, (await atDesk(auditor, 'startJob', { kind: 'auditSample', month: '2026-05' }))['id']),
    await ended(approver, (await atDesk(approver, 'startJob', { kind: 'auditSample', month: '2026-05' }))['id']),
  ]
  assert.equal(at(first, 'file')['sha256'], at(again, 'file')['sha256'])
})

test('the page lists jobs, shows one, and offers what one may', async () => {
  const [desk, other] = [await visitorOf(auditor), await visitorOf(clerk)]
  const path = `/desk/${KANAZAWA}/jobs`
  assert.match(seen(await desk.get(path)), /監査の抜き取りをつくる.*受付記録を書き出す/)
  assert.doesNotMatch(seen(await other.get(path)), /書き出す/)
  const begun = await desk.post(path, { kind: 'export', what: 'intake' })
  const here = /^(\/desk\/\d+\/jobs\/\w+)\?done=asked$/.exec(begun.headers.get('location') ?? '')?.[1] ?? assert.fail(begun.text)
  const shown = await eventually(
    () => desk.get(here),
    (page) => /終わりました/.test(seen(page)),
    'it has ended',
  )
  assert.match(seen(shown), /書き出し：受付記録.*waki-intake-172014\.jsonl\.gz.*受け取る/)
  assert.doesNotMatch((await other.get(here)).text, /\/file"/)
  const file = await desk.get(`${here}/file`)
  assert.deepEqual([file.status, file.headers.get('content-type')], [200, 'application/gzip'])
  assert.equal((await other.get(`${here}/file`)).status, 422)
  assert.match((await desk.post(path, { kind: 'auditSample', month: 'x' })).text, /job\.month-invalid/)
  assert.equal((await desk.get(`${path}/nothing`)).status, 404)
  assert.match(seen(await desk.get(`${path}?lang=en`)), /Export: intake.*Done/)
})

test('a rebuild of the running appview comes to the same books, and goes on following', async () => {
  const figures = async (): Promise<string> =>
    JSON.stringify(
      at(await town.ask(method.getStatement, { scope: KANAZAWA, fiscalYear: '2026' }, world.appview.url), 'statement', 'units'),
    )
  const before = await figures()
  const job = await atDesk(admin, 'startJob', { kind: 'rebuild' })
  const after = await ended(admin, job['id'])
  assert.deepEqual([after['state'], Number(at(after, 'result')['rows']) > 12], ['done', true], JSON.stringify(after))
  assert.equal(await figures(), before)
  const store = join(world.folder('appview'), 'appview.sqlite')
  const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', 'cli/waki.js', 'rebuild', '--store', store])
  const [, id = ''] = /Asked for: job (\w+), at the desk of 172014/.exec(stdout) ?? []
  assert.equal((await ended(admin, id))['state'], 'done', 'by the operator, too')
  assert.equal(await figures(), before)
  await people[0]?.act(KANAZAWA, { minutes: 30, category: 'culture' })
  await world.settled()
})
