// The statements of a prefecture and of all municipalities together as files, each read back by a program that is not ours: they say what the page and its
// JSON say, the worksheet included, and where the page leaves something out they do, too.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { hash } from 'node:crypto'
import { test, type TestContext } from 'node:test'
import { parse } from 'csv-parse/sync'
import readExcelFile from 'read-excel-file/node'
import { federationPages } from '../pages/filled-federation.ts'
import { pdfToTextPath, skipUnless } from '../support/needs.ts'

type Line = { readonly sum: number; readonly elim: number; readonly cons: number }
type Figures = { readonly PL: Readonly<Record<string, number>> }
type Json = {
  readonly units: {
    readonly MIN: { readonly areas: Figures; readonly worksheet: { readonly lines: Readonly<Record<string, Line | undefined>> } }
  }
}

const open = async (t: TestContext) => {
  const { url } = await federationPages(t)
  const get = async (path: string): Promise<Response> => fetch(`${url}${path}`)
  const bytes = async (path: string): Promise<Buffer> => {
    const answer = await get(path)
    assert.equal(answer.status, 200, path)
    return Buffer.from(await answer.arrayBuffer())
  }
  const rows = async (path: string): Promise<readonly (readonly string[])[]> => parse(await bytes(path), { bom: true })
  const json = async (path: string): Promise<Json> => JSON.parse((await bytes(path)).toString())
  return { get, bytes, rows, json }
}

const squeezed = (text: string): string => text.replaceAll(/\s+/g, '')
const textOf = (pdf: Buffer): string => squeezed(execFileSync(pdfToTextPath ?? '', ['-layout', '-', '-'], { input: pdf, encoding: 'utf8' }))
const fewer = '人数が少ないため載せていません'

test('a prefecture: CSV, XLSX and PDF say what its JSON says', { skip: skipUnless(pdfToTextPath, 'pdftotext') }, async (t) => {
  const { get, bytes, rows, json } = await open(t)
  const page = await (await get('/m/16/2025')).text()
  for (const end of ['csv', 'xlsx', 'pdf', 'json']) assert.ok(page.includes(`href="/m/16/2025.${end}"`), end)
  const sum = hash('sha256', await bytes('/m/16/2025.json'), 'hex')
  const { areas, worksheet } = (await json('/m/16/2025.json')).units.MIN
  const [header = [], ...all] = await rows('/m/16/2025.csv')
  assert.deepEqual(header.slice(9, 12), ['単純合計', '相殺消去', '純計'])
  assert.ok(all.every(([code, name, year]) => code === '160008' && name === '富山県' && year === '2025'))
  assert.deepEqual(
    all.filter((row) => row[4] === '要約値').map((row) => row[12]),
    [sum],
    'one file, one hash',
  )
  const at = (unit: string, code: string): readonly string[] | undefined =>
    all.find((row) => row[3] === unit && row[5] === code && row[8] === '分')?.slice(9, 12)
  assert.ok((areas.PL['4110'] ?? 0) > 0)
  assert.deepEqual(at('地域全体', 'AC.4110'), [String(areas.PL['4110']), '', ''], 'sums alone; what cancels stands in the worksheet')
  const given = worksheet.lines['given'] ?? assert.fail('it is shown')
  const line = all.find((row) => row[4]?.startsWith('精算表') === true && row[6] === '和の提供' && row[8] === '分')
  assert.deepEqual(line?.slice(9, 12), [given.sum, given.elim, given.cons].map(String))
  assert.ok(all.some((row) => row[4] === '注記' && row[12]?.includes('富山市（162019）、高岡市（162027）')))
  const cp932 = await get('/m/16/2025.csv?encoding=cp932')
  assert.match(new TextDecoder('shift_jis').decode(await cp932.arrayBuffer()), /^全国地方公共団体コード.*\r\n160008,富山県/)

  const sheets = await readExcelFile(await bytes('/m/16/2025.xlsx'))
  assert.ok(sheets[0]?.data.some(([label, value]) => label === '全国地方公共団体コード' && value === '160008'))
  assert.ok(sheets[0]?.data.some(([, value]) => value === sum))
  const sheet = sheets.find((one) => one.sheet === '精算表（地域全体）')?.data ?? []
  assert.deepEqual(sheet.find(([name]) => name === '和の提供')?.slice(2), [given.sum, given.elim, given.cons])

  const text = textOf(await bytes('/m/16/2025.pdf'))
  for (const part of [
    '富山県令和7年度',
    '市町を団体としてあわせたもの',
    '精算表（地域全体）',
    '単純合計相殺消去純計',
    '「域内の支え合い」',
    sum,
  ])
    assert.ok(text.includes(part), part)
})

test('all municipalities together: files at its address, without a code', { skip: skipUnless(pdfToTextPath, 'pdftotext') }, async (t) => {
  const { get, bytes, rows, json } = await open(t)
  const page = await (await get('/network/statement/2025')).text()
  assert.ok(page.includes('href="/network/statement/2025.xlsx"'))
  const answer = await get('/network/statement/2025.csv')
  assert.equal(answer.headers.get('content-disposition'), 'attachment; filename="waki-network-2025.csv"')
  const [, ...all] = await rows('/network/statement/2025.csv')
  assert.ok(all.every(([code, name]) => code === '' && name === 'すべての市町'))
  const { lines } = (await json('/network/statement/2025.json')).units.MIN.worksheet
  const shown = all.filter((row) => row[4] === '精算表（地域全体）' && row[6] === '和の提供').map((row) => row[11])
  assert.deepEqual(shown, lines['given'] === undefined ? [''] : ['0'], 'nothing remains')
  const front = (await readExcelFile(await bytes('/network/statement/2025.xlsx')))[0]?.data ?? []
  assert.ok(front.every(([label]) => label !== '全国地方公共団体コード'))
  assert.ok(textOf(await bytes('/network/statement/2025.pdf')).includes('すべての市町令和7年度'))
})

test('what the page does not show stands in no file', { skip: skipUnless(pdfToTextPath, 'pdftotext') }, async (t) => {
  const { get, bytes, rows, json } = await open(t)
  const { areas, worksheet } = (await json('/m/17/2026.json')).units.MIN
  assert.deepEqual([areas.PL, worksheet.lines['given']], [{}, undefined])
  const [, ...all] = await rows('/m/17/2026.csv')
  assert.deepEqual(
    all.filter((row) => row[4] !== '注記' && row[4] !== '要約値').map((row) => [...row.slice(4, 12), row[12]]),
    [['', '', '', '', '', '', '', '', fewer]],
    'no figure at all',
  )
  const sheets = await readExcelFile(await bytes('/m/17/2026.xlsx'))
  assert.deepEqual(
    sheets.map(({ sheet }) => sheet),
    ['表紙', '注記'],
  )
  assert.ok(sheets[0]?.data.some(([, value]) => value === fewer))
  assert.ok(textOf(await bytes('/m/17/2026.pdf')).includes(fewer))
  for (const path of [
    '/m/17/1999.csv',
    '/m/13/2026.csv',
    '/m/17/2026-05.csv',
    '/m/17/2026/v1.csv',
    '/network/statement/1999.pdf',
    '/network/statement/2025-05.csv',
  ])
    assert.equal((await get(path)).status, 404, path)
  assert.equal((await get('/m/17/2026.hledger')).status, 400)
})
