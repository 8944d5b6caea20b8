// Files as people and programs take them from a running network: published ones by anybody, others by whom they concern, each with what they say.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { hash } from 'node:crypto'
import { after, test } from 'node:test'
import { parse } from 'csv-parse/sync'
import readExcelFile from 'read-excel-file/node'
import { exportRefusals } from '../../appview/export/refusals.ts'
import { method } from '../../lexicons/authority.ts'
import { fillTown } from '../pages/filled-town.ts'
import { Visitor } from '../pages/visitor.ts'
import type { Member } from '../support/member.ts'
import { beanCheckPath, hledgerPath, pdfToTextPath, skipUnless } from '../support/needs.ts'
import { KANAZAWA } from '../support/town.ts'
import { accountsIn, beancountOf, hledgerOf, type Figures } from './ledger-tools.ts'

const filled = await fillTown()
const { world, town, people, aoi } = filled
after(() => world[Symbol.asyncDispose]())
const url = world.appview.url
const YEAR = { from: '2026-04-01', through: '2027-03-31' }

type Answer = { readonly status: number; readonly headers: Headers; readonly bytes: Buffer; readonly text: string }

const get = async (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> => {
  const answer = await fetch(`${url}${path}`, { headers, redirect: 'manual' })
  const bytes = Buffer.from(await answer.arrayBuffer())
  return { status: answer.status, headers: answer.headers, bytes, text: bytes.toString() }
}

/** By the method, as a member or as nobody in particular. */
const take = async (params: Readonly<Record<string, string>>, as?: Member): Promise<Answer> => {
  const path = `/xrpc/${method.getExport}?${new URLSearchParams(params).toString()}`
  if (as === undefined) return get(path)
  return get(path, { authorization: `Bearer ${await as.tokenFor(method.getExport, url)}` })
}

test(
  'anybody takes the published statement in four forms, which name one hash',
  { skip: skipUnless(pdfToTextPath, 'pdftotext') },
  async () => {
    const json = await get('/m/172014/2026.json')
    const sum = hash('sha256', json.bytes, 'hex')
    const csv = await get('/m/172014/2026.csv')
    assert.equal(csv.headers.get('content-type'), 'text/csv; charset=utf-8')
    assert.equal(csv.headers.get('content-disposition'), 'attachment; filename="waki-172014-2026.csv"')
    const rows: string[][] = parse(csv.bytes, { bom: true })
    assert.deepEqual(
      rows.filter((row) => row[4] === '要約値').map((row) => row[12]),
      [sum, hash('sha256', (await get('/m/172014/2026/area.json')).bytes, 'hex')],
    )
    const figures: { units: { MIN: { PL: Record<string, number> } } } = JSON.parse(json.text)
    assert.equal(rows.find((row) => row[5] === 'AC.5130' && row[8] === '分')?.[11], String(-(figures.units.MIN.PL['5130'] ?? 0)))
    const worksheet = rows.filter((row) => row[5]?.startsWith('WS.') === true && row[8] === '分')
    assert.deepEqual(
      worksheet.find((row) => row[6] === '和の提供')?.slice(9, 12),
      [rows.find((row) => row[5] === 'AC.4110' && row[8] === '分')?.[9], `-${worksheet[0]?.[9]}`, '0'],
      'all help stayed in the only town',
    )
    const sheets = await readExcelFile((await get('/m/172014/2026.xlsx')).bytes)
    assert.ok(sheets[0]?.data.some(([, value]) => value === sum))
    const pdf = await get('/m/172014/2026.pdf')
    assert.equal(pdf.headers.get('content-type'), 'application/pdf')
    const text = execFileSync(pdfToTextPath ?? '', ['-', '-'], { input: pdf.bytes, encoding: 'utf8' })
    assert.ok(text.includes(sum))
    assert.ok(text.includes(`${url}/m/172014/2026`))
    for (const { headers, bytes } of [csv, pdf]) {
      assert.match(headers.get('cache-control') ?? '', /^public/)
      assert.equal(headers.get('access-control-allow-origin'), '*')
      assert.ok(bytes.length > 0)
      assert.equal((await get('/m/172014/2026.csv', { 'If-None-Match': csv.headers.get('etag') ?? '' })).status, 304)
    }
  },
)

test('a month, a person who chose to be seen, CP932, and the same by the method', async () => {
  assert.equal((await get('/m/172014/2026-05.pdf')).status, 200)
  const rows: string[][] = parse((await get('/p/ben.pds1.test/2026.csv')).bytes, { bom: true })
  assert.ok(rows.some((row) => row[3] === '個人' && row[5] === 'AC.4110'))
  assert.ok(rows.every((row) => row[8] !== '参考円'))
  const wide = await get('/m/172014/2026.csv?encoding=cp932')
  assert.equal(wide.headers.get('content-type'), 'text/csv; charset=windows-31j')
  assert.match(new TextDecoder('shift_jis').decode(wide.bytes), /^全国地方公共団体コード,地方公共団体名,/)
  const asked = { scope: KANAZAWA, fiscalYear: '2026' }
  for (const format of ['csv', 'pdf', 'json'])
    assert.deepEqual((await take({ ...asked, format })).bytes, (await get(`/m/172014/2026.${format}`)).bytes, format)
})

const REFUSED: readonly (readonly [keyof typeof exportRefusals, string])[] = [
  ['export.unknown-format', '/m/172014/2026.doc'],
  ['export.unknown-format', '/p/ben.pds1.test/2026.hledger'],
  ['export.unknown-encoding', '/m/172014/2026.csv?encoding=latin1'],
  ['export.unknown-encoding', '/m/172014/2026.pdf?encoding=cp932'],
]
for (const [code, path] of REFUSED)
  test(`${path} is refused: ${code}`, async () => {
    const { status, text } = await get(path)
    const { ja, en } = exportRefusals[code]
    assert.deepEqual([status, text], [exportRefusals[code].status, `${ja}\n${en}\n${code}\n`])
  })

test('by the method a refusal has a name, and what is not shown is not found', async () => {
  const errorOf = async (params: Readonly<Record<string, string>>, as?: Member): Promise<unknown> =>
    JSON.parse((await take(params, as)).text).error
  const year = { scope: KANAZAWA, fiscalYear: '2026' }
  assert.equal(await errorOf({ ...year, format: 'doc' }), 'UnknownFormat')
  assert.equal(await errorOf({ ...year, format: 'csv', kind: 'secrets' }), 'UnknownKind')
  assert.equal(await errorOf({ ...year, format: 'csv', encoding: 'ebcdic' }), 'UnknownEncoding')
  assert.equal(await errorOf({ ...year, format: 'csv', month: '2026-05' }), 'InvalidPeriod')
  for (const kind of ['journal', 'trial-balance']) {
    assert.equal(await errorOf({ ...year, format: 'csv', kind }), 'NotFound')
    assert.equal(await errorOf({ ...year, format: 'csv', kind }, aoi), 'NotFound', 'a resident is not the desk')
    assert.equal(await errorOf({ format: 'csv', kind, entity: aoi.did }, people[2]), 'NotFound', 'nor somebody else')
  }
  for (const scope of ['17', 'network']) {
    const path = scope === '17' ? '/m/17/2026.csv' : '/network/statement/2026.csv'
    assert.equal((await take({ scope, fiscalYear: '2026', format: 'csv' })).text, (await get(path)).text)
    for (const more of [{ kind: 'journal' }, { kind: 'trial-balance' }, { version: '1' }, { leaf: '5' }])
      assert.equal(await errorOf({ scope, fiscalYear: '2026', format: 'csv', ...more }), 'NotFound', JSON.stringify(more))
    assert.equal(await errorOf({ scope, month: '2026-05', format: 'csv' }), 'NotFound')
  }
  for (const scope of ['13', 'networks', '1720'])
    assert.equal((await take({ scope, fiscalYear: '2026', format: 'csv' })).status, scope === 'networks' ? 400 : 404, scope)
  assert.equal(await errorOf({ format: 'csv', entity: aoi.did, fiscalYear: '2026' }), 'NotFound')
  assert.equal((await get('/m/172014/2019.csv')).status, 404)
  assert.equal((await get('/p/aoi.pds1.test/2026.pdf')).status, 404)
  assert.equal((await get('/me/export/journal-2026.csv')).status, 303)
  assert.equal((await get('/desk/export/172014/journal-2026.csv')).status, 303)
})

type UnitFigures = { readonly PL: Figures; readonly BS: Figures }
type Units = Readonly<Record<'MIN' | 'JPY', UnitFigures>>
const unitsOf = async (params: Readonly<Record<string, string>>, as: Member): Promise<Units> => {
  const { statement } = (await as.ask(method.getStatement, params)) as { statement: { units: Units } }
  return statement.units
}

const noLedgers = { skip: skipUnless(hledgerPath, 'hledger') || skipUnless(beanCheckPath, 'beancount') }

test('one’s own journal: hledger and Beancount come to one’s own statement', noLedgers, async (t) => {
  const own = await unitsOf({ scope: KANAZAWA, entity: aoi.did, fiscalYear: '2026' }, aoi)
  const hledger = hledgerOf(t, (await take({ kind: 'journal', format: 'hledger' }, aoi)).text)
  assert.ok(Object.keys(accountsIn(own.MIN.PL)).length > 0)
  assert.deepEqual(hledger.incomeStatement('WA.MIN', YEAR), accountsIn(own.MIN.PL))
  assert.deepEqual(hledger.balanceSheet('JPY', YEAR), accountsIn(own.JPY.BS))
  const sums = beancountOf(t, (await take({ kind: 'journal', format: 'beancount', fiscalYear: '2026' }, aoi)).text)('WA.MIN', YEAR)
  assert.equal(sums['4110'], -(own.MIN.PL['4110'] ?? 0))
  const rows: string[][] = parse((await take({ kind: 'journal', format: 'csv' }, aoi)).bytes, { bom: true })
  assert.ok(rows.slice(1).every((row) => row[6] === `P:${aoi.did}`))
})

test('the desk’s journal: whole, also after somebody took a record back, and month by month from its balances', noLedgers, async (t) => {
  const [, , , , emi] = people
  assert.ok(emi !== undefined)
  const journal: string[][] = parse((await take({ kind: 'journal', format: 'csv' }, emi)).bytes, { bom: true })
  const leaving = journal.find((row) => row[7] === '4110' && row[14]?.startsWith(`at://${emi.did}/`) === true)?.[14]
  assert.ok(leaving !== undefined)
  await emi.remove(leaving)
  await world.settled()
  const area = await unitsOf({ scope: KANAZAWA, fiscalYear: '2026' }, town)
  const text = (await take({ scope: KANAZAWA, kind: 'journal', format: 'hledger', fiscalYear: '2026' }, town)).text
  assert.ok(!text.includes(leaving))
  const hledger = hledgerOf(t, text)
  for (const [unit, name] of [
    ['MIN', 'WA.MIN'],
    ['JPY', 'JPY'],
  ] as const) {
    assert.deepEqual(hledger.incomeStatement(name, YEAR), accountsIn(area[unit].PL))
    assert.deepEqual(hledger.balanceSheet(name, YEAR), accountsIn(area[unit].BS))
  }
  const november = { from: '2026-11-01', through: '2026-11-30' }
  const month = await take({ scope: KANAZAWA, kind: 'journal', format: 'hledger', month: '2026-11' }, town)
  assert.match(month.text, /前期からの繰越/)
  const later = hledgerOf(t, month.text)
  const trial: string[][] = parse((await take({ scope: KANAZAWA, kind: 'trial-balance', format: 'csv', month: '2026-11' }, town)).bytes, {
    bom: true,
  })
  const clearing = trial.find((row) => row[3] === '1310' && row[6] === '分')
  assert.equal(later.balanceSheet('WA.MIN', november)['1310'] ?? 0, Number(clearing?.[7]) - Number(clearing?.[8]))
  assert.deepEqual(later.incomeStatement('WA.MIN', november), hledger.incomeStatement('WA.MIN', november))
  // Revenue and expense of the trial balance are the year's by then, as hledger has them, whatever earlier years brought.
  const ofYear = trial.filter(([, , , account = '', , , unit]) => unit === '分' && /^[45]/.test(account))
  assert.deepEqual(
    Object.fromEntries(
      ofYear.flatMap(([, , , account = '', , , , debit, credit]) => (debit === credit ? [] : [[account, Number(credit) - Number(debit)]])),
    ),
    hledger.incomeStatement('WA.MIN', { from: YEAR.from, through: november.through }),
  )
})

test('signed in, one takes one’s own files from one’s own page, and nobody keeps a copy on the way', async () => {
  const visitor = new Visitor(url)
  await visitor.signIn('aoi.pds1.test')
  const page = await visitor.get('/me')
  const paths = [...page.text.matchAll(/href="(\/me\/export\/[^"]+)"/g)].map(([, path = '']) => path)
  assert.equal(paths.length, 8)
  for (const path of paths) {
    const { status, headers, text } = await visitor.get(path)
    assert.equal(status, 200, path)
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.match(headers.get('content-disposition') ?? '', /^attachment; filename="waki-[\w.-]+\.(?:csv|xlsx|pdf|json|hledger|beancount)"$/)
    assert.ok(text.length > 50, path)
  }
  assert.equal((await visitor.get('/desk/export/172014/journal-2026.csv')).status, 404)
  assert.equal((await visitor.get('/me/export/secrets-2026.csv')).status, 400)
})
