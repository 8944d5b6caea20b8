// A set of statements in every form, each read back by a program that is not ours.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { parse } from 'csv-parse/sync'
import readExcelFile from 'read-excel-file/node'
import { csvFile } from '../../appview/export/csv-file.ts'
import { pdfBytes } from '../../appview/export/pdf-bytes.ts'
import { createPdfRenderer } from '../../appview/export/pdf-renderer.ts'
import { MOST_WAITING_PDFS } from '../../appview/export/limits.ts'
import { STATEMENT_COLUMNS, statementRows } from '../../appview/export/statement-rows.ts'
import { statementXlsx } from '../../appview/export/xlsx.ts'
import { systemClock } from '../../server/clock.ts'
import { pdfFontsPath, pdfToTextPath, pythonPath, skipUnless } from '../support/needs.ts'
import { sampleSet } from './sample-set.ts'

const fileIn = (t: TestContext, name: string, bytes: Uint8Array): string => {
  const dir = mkdtempSync(join(tmpdir(), 'waki-export-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  writeFileSync(join(dir, name), bytes)
  return join(dir, name)
}

// Hokkaido's code begins with a nought.
const hokkaido = { ...sampleSet, code: '011002' }

test('CSV: a row per line and unit, under the columns of the open data', async () => {
  const bytes = Buffer.concat(await Array.fromAsync(csvFile(STATEMENT_COLUMNS, statementRows(hokkaido), 'utf-8')))
  const [header, ...rows]: string[][] = parse(bytes, { bom: true })
  assert.deepEqual(header, STATEMENT_COLUMNS)
  assert.ok(rows.every((row) => row[0] === '011002' && row[1] === '金沢市' && row[2] === '2026'))
  const at = (unit: string, code: string, column: string): readonly string[] | undefined =>
    rows.find((row) => row[3] === unit && row[5] === code && row[8] === column)?.slice(6)
  assert.deepEqual(at('団体', 'AC.5130', '分'), [
    '住民協働受入',
    'Resident services received for public benefit',
    '分',
    '78645',
    '0',
    '78645',
    '',
  ])
  assert.deepEqual(at('団体', 'NA.net-administrative-cost', '参考円')?.slice(3), ['-2437186', '0', '-2437186', ''])
  assert.deepEqual(
    at('地域全体', 'AC.4110', '分')?.slice(3),
    ['141060', '', '', ''],
    'a whole area adds up; what cancels stands in the worksheet',
  )
  assert.deepEqual(at('地域全体', 'WS.5110', '分')?.slice(3), ['62415', '-60615', '1800', ''])
  const codes = rows.filter((row) => row[5] !== '').map((row) => `${row[3]} ${row[5]} ${row[8]}`)
  assert.deepEqual(codes, [...new Set(codes)], 'each line has a code of its own')
  assert.equal(rows.find((row) => row[4] === '要約値')?.[12], sampleSet.parts[0]?.hash)
  assert.ok(rows.some((row) => row[4] === '注記' && row[12]?.includes('出典：内閣府')))
})

test('XLSX: read-excel-file finds codes as text and figures as numbers', async (t) => {
  const file = fileIn(t, 'waki.xlsx', await statementXlsx(hokkaido))
  const sheets = await readExcelFile(file)
  const [front] = sheets
  assert.equal(front?.sheet, '表紙')
  assert.deepEqual(
    front.data.find(([label]) => label === '全国地方公共団体コード'),
    ['全国地方公共団体コード', '011002'],
  )
  const cost = sheets.find(({ sheet }) => sheet === '和の行政コスト計算書')?.data ?? []
  assert.deepEqual(cost[3], ['科目', '番号', '分', '参考円'])
  assert.deepEqual(
    cost.find(([name]) => name === '住民協働受入'),
    ['住民協働受入', '5130', 78_645, 2_396_056],
  )
  const change = sheets.find(({ sheet }) => sheet === '純資産変動計算書')?.data ?? []
  assert.deepEqual(change.find(([name]) => name === '純行政コスト（△）')?.slice(2), [-79_995, -2_437_186])
  assert.deepEqual(sheets.at(-1)?.sheet, '注記')
  assert.ok(sheets.some(({ sheet }) => sheet === '精算表（地域全体）'))
})

test('XLSX: openpyxl finds the same, and no formula', { skip: skipUnless(pythonPath, 'python3 with openpyxl') }, async (t) => {
  const file = fileIn(t, 'waki.xlsx', await statementXlsx({ ...hokkaido, town: { ja: '=1+1', en: '' } }))
  const script = `
import json, sys, openpyxl
book = openpyxl.load_workbook(sys.argv[1])
cells = [(s.title, c.coordinate, c.data_type, c.value, s.column_dimensions['A'].width) for s in book for r in s.iter_rows() for c in r if c.value is not None]
print(json.dumps(cells))`
  const cells: [string, string, string, unknown, number][] = JSON.parse(
    execFileSync(pythonPath ?? '', ['-c', script, file], { encoding: 'utf8' }),
  )
  assert.deepEqual(
    cells.filter(([, , type]) => type === 'f'),
    [],
  )
  assert.ok(cells.some(([sheet, , type, value]) => sheet === '表紙' && type === 's' && value === '011002'))
  assert.ok(cells.some(([sheet, , type, value]) => sheet === '和の行政コスト計算書' && type === 'n' && value === 79_995))
  assert.ok(cells.every(([, , type, value]) => type !== 'n' || Number.isSafeInteger(value)))
  assert.ok(cells.every(([, , , , width]) => width > 20))
})

const squeezed = (text: string): string => text.replaceAll(/\s+/g, '')

test('PDF: the text comes out again, fonts are embedded and cut down', { skip: skipUnless(pdfToTextPath, 'pdftotext') }, async (t) => {
  const bytes = await pdfBytes(sampleSet)
  assert.ok(bytes.length < 300_000, `${bytes.length} bytes`)
  const file = fileIn(t, 'waki.pdf', bytes)
  const text = squeezed(execFileSync(pdfToTextPath ?? '', ['-layout', file, '-'], { encoding: 'utf8' }))
  for (const part of [
    '和の決算書（地方自治法の決算ではありません）',
    '令和9年6月1日0時00分までの記録',
    '和の行政コスト計算書自令和8年4月1日至令和9年3月31日（単位：分、円）科目番号分参考円',
    '住民協働受入513078,6452,396,056',
    '純行政コスト（△）△79,995△2,437,186',
    '精算表（地域全体）',
    '注記',
    '分と参考円は、法的な債権・債務ではありません。',
    '1/4',
    sampleSet.parts[0]?.hash ?? '?',
    sampleSet.proof.uri ?? '?',
  ])
    assert.ok(text.includes(part), part)
  const fonts = execFileSync(pdfFontsPath ?? '', [file], { encoding: 'utf8' })
    .split('\n')
    .slice(2, -1)
  assert.equal(fonts.length, 2)
  for (const font of fonts) assert.match(font, /\+NotoSansJP-(?:Bold|Regular)\s.*yes yes yes/)
})

test('PDF: equal sets give equal bytes, and too few people give no figure', { skip: skipUnless(pdfToTextPath, 'pdftotext') }, async (t) => {
  assert.deepEqual(await pdfBytes(sampleSet), await pdfBytes(structuredClone(sampleSet)))
  const [first] = sampleSet.parts
  assert.ok(first !== undefined && !('hidden' in first.statement))
  const { v, entity, scope, kind, period, knownAt, roster } = first.statement
  const hidden = { v, entity, scope, kind, period, knownAt, roster, hidden: true } as const
  const file = fileIn(t, 'few.pdf', await pdfBytes({ ...sampleSet, parts: [{ statement: hidden, hash: first.hash }], worksheets: [] }))
  const text = squeezed(execFileSync(pdfToTextPath ?? '', ['-layout', file, '-'], { encoding: 'utf8' }))
  assert.ok(text.includes('人数が少ないため載せていません。'))
  assert.ok(!text.includes('78,645'))
})

test('PDFs are made in a thread of their own, equal ones once, and a crowd is asked to come again', async () => {
  const renderer = createPdfRenderer(systemClock())
  const variant = (n: number) => ({
    ...sampleSet,
    notes: [{ title: { ja: `${n}`, en: '' }, text: { ja: '', en: '' } }],
    parts: [],
    worksheets: [],
  })
  const [first, again] = await Promise.all([renderer.render(variant(0)), renderer.render(variant(0))])
  assert.equal(first, again)
  assert.equal(await renderer.render(variant(0)), first)
  assert.deepEqual(Buffer.from(first), Buffer.from(await pdfBytes(variant(0))))
  const crowd = Array.from({ length: MOST_WAITING_PDFS + 2 }, (_, n) => renderer.render(variant(n + 1)))
  const outcomes = await Promise.allSettled(crowd)
  const refused = outcomes.filter(({ status }) => status === 'rejected')
  assert.equal(refused.length, 1)
  assert.match(String(refused[0]?.status === 'rejected' && refused[0].reason), /ExportRefused: Other PDFs/)
  await renderer.close()
})
