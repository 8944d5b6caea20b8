// CSV as other programs read it: by csv-parse for its form, by Python's own cp932 for its bytes.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { parse } from 'csv-parse/sync'
import { Cp932Writer } from '../../appview/export/cp932.ts'
import { csvFile } from '../../appview/export/csv-file.ts'
import type { Cell } from '../../appview/export/csv.ts'
import type { TextEncoding } from '../../appview/export/formats.ts'
import { pythonPath, skipUnless } from '../support/needs.ts'

const fileOf = async (header: readonly string[], rows: readonly (readonly Cell[])[], encoding: TextEncoding = 'utf-8'): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(csvFile(header, rows, encoding)))

const HEADER = ['コード', '名', '数']

test('a byte order mark, CRLF, quotes only where they are needed', async () => {
  const bytes = await fileOf(HEADER, [
    ['011002', 'さっぽろ', -12],
    ['172014', '"犀川", 会\n二行', null],
  ])
  assert.deepEqual([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf])
  assert.equal(bytes.subarray(3).toString(), 'コード,名,数\r\n011002,さっぽろ,-12\r\n172014,"""犀川"", 会\n二行",\r\n')
  assert.deepEqual(parse(bytes, { bom: true }), [HEADER, ['011002', 'さっぽろ', '-12'], ['172014', '"犀川", 会\n二行', '']])
})

const FORMULAS = ['=1+1', '+81', '-x', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1+1', '＋1', '－1', '＠a']
for (const formula of FORMULAS)
  test(`a cell that begins with ${JSON.stringify(formula[0])} is text, a negative figure stays a figure`, async () => {
    const rows: string[][] = parse(await fileOf(HEADER, [[formula, 'a=b', -7]]), { bom: true })
    assert.deepEqual(rows[1], [`'${formula}`, 'a=b', '-7'])
  })

test('CP932: signs it has under another number, half-width kana, and a report of what it lacks', async () => {
  const bytes = await fileOf(
    ['番号', '名'],
    [
      ['011002', '𠮷野 髙橋 ｱｲﾝ 〜−～－ ①㈱'],
      ['1', '𠮷'],
    ],
    'cp932',
  )
  const text = new TextDecoder('shift_jis').decode(bytes)
  const [, first, second, report] = text.split('\r\n')
  assert.equal(first, '011002,〓野 髙橋 ｱｲﾝ ～－～－ ①㈱')
  assert.equal(second, '1,〓')
  assert.match(report ?? '', /^注記,CP932にない文字を〓に置き換えました：U\+20BB7×2。/)
  const clean = await fileOf(['番号'], [['金沢市']], 'cp932')
  assert.equal(new TextDecoder('shift_jis').decode(clean), '番号\r\n金沢市\r\n', 'nothing missing, no report')
})

test('Python reads every character of CP932 as it was written', { skip: skipUnless(pythonPath, 'python3') }, () => {
  const all = `
import sys
out = []
for lead in list(range(0x81, 0xa0)) + list(range(0xe0, 0xf0)) + list(range(0xfa, 0xfd)):
    for trail in list(range(0x40, 0x7f)) + list(range(0x80, 0xfd)):
        try: out.append(bytes([lead, trail]).decode('cp932'))
        except UnicodeDecodeError: pass
sys.stdout.buffer.write((''.join(dict.fromkeys(out)) + ''.join(map(chr, list(range(0x20, 0x7f)) + list(range(0xff61, 0xffa0))))).encode('utf-8'))`
  const text = execFileSync(pythonPath ?? '', ['-c', all], { encoding: 'utf8' })
  assert.ok(text.length > 7_000, `${text.length} characters`)
  const writer = new Cp932Writer()
  const read = `import sys; sys.stdout.buffer.write(sys.stdin.buffer.read().decode('cp932').encode('utf-8'))`
  const back = execFileSync(pythonPath ?? '', ['-c', read], { input: writer.encode(text), encoding: 'utf8' })
  assert.ok(back === text, 'the same text comes back')
  assert.equal(writer.missing.size, 0)
})
