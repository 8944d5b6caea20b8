// Files that cannot be read as CSV are refused whole, with the line at which that begins.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readCsv } from '../../appview/desk/csv.ts'

const columns = { needed: ['id', 'name'], known: ['id', 'name'] } as const
const told = (text: string): unknown => {
  const read = readCsv(text, columns)
  return read.ok ? read.value.lines.map(({ line }) => line) : read.reasons.map(({ code, line }) => [code, line])
}

test('an unclosed quote is told where it begins, a NUL where it stands', () => {
  const rows = Array.from({ length: 40 }, (_, n) => `${n},名前`)
  const broken = rows.with(17, '17,"名前')
  assert.deepEqual(told(['id,name', ...broken, ''].join('\r\n')), [['csv.unreadable', 19]])
  assert.deepEqual(told('id,name\r\n1,"a\r\nb"\r\n2,"c\r\n'), [['csv.unreadable', 4]])
  assert.deepEqual(told('id,name\r\n1,a\r\n2,\u0000\r\n'), [['csv.unreadable', 3]])
  assert.deepEqual(told('id,name\r\n1,"a\r\nb"\r\n2,c\r\n'), [2, 4])
  const shiftJis = Buffer.from('69642c6e616d650a312c610a322c8e5293630a', 'hex')
  assert.deepEqual(told(new TextDecoder().decode(shiftJis)), [['csv.encoding-wrong', 3]])
})

test('a quote within a cell is a character like others', () => {
  const read = readCsv('id,name\n1,山田 "ゴン" 太郎\n2,佐藤\n', columns)
  assert.deepEqual(read.ok && read.value.lines.map(({ line, cells }) => [line, cells.name]), [
    [2, '山田 "ゴン" 太郎'],
    [3, '佐藤'],
  ])
})
