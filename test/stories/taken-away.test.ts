// Two towns close their year, one restates it. What anybody takes away of each version is what was signed, in every form; somebody whom the register knows
// behind an unnamed receiver takes that with their own books, and nobody else sees it; the prefecture is verified over what both towns signed.

import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { hash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { test } from 'node:test'
import { parse } from 'csv-parse/sync'
import readExcelFile from 'read-excel-file/node'
import { verifyIntakeFile } from '../../appview/intake.ts'
import { fetchPackedFile } from '../../cli/network/fetch-file.ts'
import { query, queryFile, XrpcRefused } from '../../cli/xrpc-client.ts'
import { deskMethod, method, nsid } from '../../lexicons/authority.ts'
import { at, eventually } from '../support/asking.ts'
import type { Json } from '../support/asking.ts'
import type { Member } from '../support/member.ts'
import { pdfToTextPath, skipUnless } from '../support/needs.ts'
import { KANAZAWA, KOMATSU, closeAndAudit, openTown, publishFileOf, registerHostBody, residents } from '../support/town.ts'

const run = promisify(execFile)
const FY = '2026'
const NAMES = ['aoi', 'ren', 'yui', 'sora', 'hina', 'riku', 'mei']
const OTHER_NAMES = ['kai', 'rio', 'nao', 'emi', 'jun', 'saki', 'tao']
const UNNAMED_MINUTES = 45

/** Two towns whose year can be closed: everybody gives an hour, some of them to the other town; one act has an unnamed receiver. */
const twoTowns = async () => {
  await using stack = new AsyncDisposableStack()
  const { world, town } = await openTown()
  stack.use(world)
  await world.closeAppview(world.appview)
  const other = await world.member('komatsu')
  await other.openBooks(KOMATSU, '2026-04-01')
  const publishFile = publishFileOf(town, other)
  const roster = [
    { code: KANAZAWA, did: town.did },
    { code: KOMATSU, did: other.did },
  ]
  const { url } = await world.openAppview(roster, 'appview', { publishFile })
  const ours = await residents(town, NAMES)
  const theirs = await residents(other, OTHER_NAMES)
  const host = await world.member('hall')
  await registerHostBody(town, host)
  for (const group of [ours, theirs])
    for (const [index, giver] of group.entries())
      await (group[(index + 1) % group.length] ?? giver).confirm(await giver.act(group === ours ? KANAZAWA : KOMATSU))
  for (const [index, giver] of ours.entries())
    await (theirs[index] ?? giver).confirm(await giver.act(KOMATSU, { minutes: 30, performedOn: '2026-05-09' }))
  for (const [index, giver] of theirs.entries())
    await (ours[index] ?? giver).confirm(await giver.act(KANAZAWA, { minutes: 20, performedOn: '2026-05-09' }))
  const [aoi = assert.fail(), ren = assert.fail()] = ours
  const unnamed = await aoi.act(KANAZAWA, { minutes: UNNAMED_MINUTES, performedOn: '2026-05-08' })
  await host.confirm(unnamed, { role: 'hostBody', receivers: [{ class: 'unnamed' }] })
  await world.settled()
  const ask = (by: Member, lxm: string, input: Json): Promise<Json> => by.tell(lxm, input, url)
  const patiently = (by: Member, lxm: string, input: Json): Promise<Json> =>
    eventually(
      () =>
        ask(by, lxm, input).catch((error: unknown) =>
          error instanceof XrpcRefused ? { refused: error.message } : assert.fail(String(error)),
        ),
      (answer) => !('refused' in answer),
      lxm,
    )
  const csv = `id,name,did,from\r\n7,蓮,${ren.did},2020-01-01\r\n`
  await ask(town, deskMethod.importRegister, { town: KANAZAWA, csv, apply: true })
  await patiently(town, deskMethod.mapReceiver, { town: KANAZAWA, action: unnamed.uri, index: 0, resident: '7' })
  await world.settled()
  world.step('2027-06-01T03:00:00.000Z')
  for (const [by, code] of [
    [town, KANAZAWA],
    [other, KOMATSU],
  ] as const)
    await patiently(by, deskMethod.close, { town: code, fiscalYear: Number(FY) })
  const rates = [{ category: '*', yenPerHour: 1931, method: 'RC-S' }]
  const table = await town.create(nsid.rateTable, { rates, source: '内閣府 2027', validFrom: '2026-04-01' })
  await world.settled()
  await patiently(town, deskMethod.restate, { town: KANAZAWA, fiscalYear: Number(FY), reason: '単価表の改定', rateTable: table.uri })
  await eventually(
    () => query(url, method.getStatement, { scope: KANAZAWA, fiscalYear: FY }),
    (answer) => at(answer, 'closing')['version'] === 2,
    'version 2 is shown',
  )
  return { stack: stack.move(), world, town, url, aoi, ren }
}

test('what is taken away of a closed year', async (t) => {
  const { stack, world, town, url, aoi, ren } = await twoTowns()
  await using _ = stack
  const take = async (params: Readonly<Record<string, string>>, by?: Member): Promise<Buffer> => {
    const token = by === undefined ? undefined : await by.tokenFor(method.getExport, url)
    return Buffer.from((await queryFile(url, method.getExport, params, token)).bytes)
  }

  await t.test('each version in each form is what the town signed', { skip: skipUnless(pdfToTextPath, 'pdftotext') }, async () => {
    const yen = new Map<string, unknown>()
    for (const version of ['1', '2']) {
      const asked = { scope: KANAZAWA, fiscalYear: FY, version }
      const answers = await Promise.all([
        query(url, method.getStatement, { ...asked, kind: 'municipality' }),
        query(url, method.getStatement, asked),
        query(url, method.getConsolidation, asked),
      ])
      const signed = await query(url, method.getClosing, { scope: KANAZAWA, fiscalYear: FY })
      const { statements } = Array.isArray(signed['versions']) ? at({ v: signed['versions'][Number(version) - 1] }, 'v') : {}
      const hashes = answers.map((answer) => String(at(answer, 'proof')['hash']))
      const [town = '', area = ''] = hashes
      const members: Json[] = Array.isArray(statements) ? statements : []
      assert.deepEqual(new Set(members.map((member) => member['hash'])), new Set(hashes))
      const json = await take({ ...asked, format: 'json' })
      assert.equal(hash('sha256', json, 'hex'), town)
      const page = await (await fetch(`${url}/m/${KANAZAWA}/${FY}/v${version}.json`)).arrayBuffer()
      assert.deepEqual(Buffer.from(page), json, 'the address and the method give the same bytes')
      const rows: string[][] = parse(await take({ ...asked, format: 'csv' }), { bom: true })
      assert.deepEqual(
        rows.filter((row) => row[4] === '要約値').map((row) => row[12]),
        [town, area],
      )
      const sheets = JSON.stringify(await readExcelFile(await take({ ...asked, format: 'xlsx' })))
      assert(sheets.includes(`第${version}版`))
      const pdf = join(world.dir, `v${version}.pdf`)
      writeFileSync(pdf, await take({ ...asked, format: 'pdf' }))
      const text = execFileSync(pdfToTextPath ?? '', ['-layout', pdf, '-'])
        .toString()
        .replaceAll(/\s/g, '')
      assert(text.includes(`第${version}版`) && text.includes(town) && text.includes(area))
      yen.set(version, at(answers[1], 'statement', 'units', 'JPY', 'PL')['4110'])
    }
    const acts = (rate: number): number => 7 * rate + 7 * Math.round(rate / 2) + Math.round((UNNAMED_MINUTES * rate) / 60)
    assert.deepEqual([...yen.values()], [acts(1828), acts(1931)])
  })

  await t.test('the books’ own figures say that another version is published, by other rates', async () => {
    const csv = (await take({ scope: KANAZAWA, fiscalYear: FY, format: 'csv' }, town)).toString()
    assert.match(csv, /公表されている版.*第2版が公表されています。.*公表されているものとは違います/)
    assert.doesNotMatch((await take({ scope: KANAZAWA, fiscalYear: FY, format: 'csv', version: '2' }, town)).toString(), /公表されている版/)
    const journal = (await take({ scope: KANAZAWA, fiscalYear: FY, kind: 'journal', format: 'hledger' }, town)).toString()
    assert.match(journal, /^[;#*] .*version 2 published.*not what is published/m)
  })

  await t.test('an unnamed receiver whom the register knows: in their own books and files, nowhere else', async () => {
    const own = await ren.ask(method.getStatement, { scope: KANAZAWA, entity: ren.did, fiscalYear: FY }, url)
    const received = 60 + 20 + UNNAMED_MINUTES
    assert.equal(at(own, 'statement', 'units', 'MIN', 'PL')['5110'], -received)
    const json = await take({ format: 'json', fiscalYear: FY }, ren)
    assert.equal(hash('sha256', json, 'hex'), at(own, 'proof')['hash'])
    const journal = (await take({ kind: 'journal', format: 'csv' }, ren)).toString()
    assert(journal.includes(`${UNNAMED_MINUTES}`) && journal.includes('2026-05-08'))
    assert.match((await take({ kind: 'journal', format: 'hledger' }, ren)).toString(), /2026-05-08/)
    const hers = (await take({ kind: 'journal', format: 'csv' }, aoi)).toString()
    assert(hers.includes('2026-05-08') && !hers.includes(ren.did), 'who gave it does not learn to whom')
    const refused = await take({ format: 'json', entity: ren.did, fiscalYear: FY }, aoi).catch((error: unknown) => error)
    assert(refused instanceof XrpcRefused && refused.code === 'NotFound')
  })

  await t.test('the prefecture, and all municipalities, over what both towns signed', async () => {
    const file = join(world.dir, 'intake.jsonl.gz')
    await fetchPackedFile(`${url}/xrpc/${method.exportIntake}`, null, file)
    for (const group of ['17', 'network']) {
      const shown = await query(url, method.getConsolidation, { scope: group, fiscalYear: FY })
      const { report, group: verified } = await verifyIntakeFile(file, { group, fiscalYear: Number(FY) })
      assert.deepEqual(report.problems, [])
      assert.equal(verified?.hash, at(shown, 'proof')['hash'])
      assert.deepEqual(verified?.members, [
        { code: KANAZAWA, version: 1, verdict: 'same' },
        { code: KOMATSU, version: 1, verdict: 'same' },
      ])
      const given = verified?.lines.find(({ unit, line }) => unit === 'MIN' && line === '4110')
      const minutes = 14 * 60 + 7 * 30 + 7 * 20 + UNNAMED_MINUTES
      assert.deepEqual(given, { unit: 'MIN', line: '4110', made: minutes, signed: minutes })
      const yen = at(shown, 'consolidation', 'units', 'JPY', 'areas')
      assert.deepEqual(yen['PL'], {}, 'one of them has valued its year anew: yen of two rates add up to nothing')
      assert.ok(verified.lines.every(({ unit }) => unit === 'MIN'))
      const command = ['statement', 'verify', '--intake', file, '--group', group, '--year', FY]
      const told = await run(process.execPath, ['cli/waki.js', ...command, '--hash', verified.hash])
      assert.match(told.stdout, new RegExp(`MIN 4110: ${minutes}, signed ${minutes}`))
      await assert.rejects(run(process.execPath, ['cli/waki.js', ...command, '--hash', '0'.repeat(64)]), /the hash is another one/)
    }
    assert.equal((await verifyIntakeFile(file, { group: '13', fiscalYear: Number(FY) })).group, null)
  })
  await closeAndAudit(world)
})
