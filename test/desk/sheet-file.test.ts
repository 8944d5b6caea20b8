// A stamp sheet's list from a file: commas or tabs, UTF-8, UTF-16 or CP932; a line that cannot be read is told by its number and holds up no other; a head
// that is misspelt is named and nothing is sent.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { readRows } from '../../cli/commands/desk-sheet-file.ts'

const ROWS = [
  { who: { resident: '1024' }, label: '青井', minutes: 90 },
  { who: { card: 'T1' }, isAbsent: true },
]

test('lists of a sheet are read however a spreadsheet writes them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'waki-sheet-file-'))
  const read = (bytes: string | Uint8Array): unknown => {
    const file = join(folder, 'list.csv')
    writeFileSync(file, bytes)
    const { rows, faults } = readRows(file)
    assert.deepEqual(faults, [])
    return rows
  }
  /** Cards of the lines taken, `-` after who is absent; and the lines left out. */
  const left = (text: string): unknown => {
    const file = join(folder, 'list.csv')
    writeFileSync(file, text)
    const { rows, faults } = readRows(file)
    const cards = rows.flatMap(({ who, isAbsent }) =>
      typeof who === 'object' && who !== null && 'card' in who ? [`${String(who.card)}${isAbsent === true ? '-' : ''}`] : [],
    )
    return { cards, faults: faults.map(({ line, said }) => `${line} ${said.split(' ')[0]}`) }
  }
  try {
    assert.deepEqual(read('resident,card,label,minutes,absent\r\n1024,,青井,９０,\r\n,T1,,,1\r\n'), ROWS)
    const tabs = 'Resident\tCard\tlabel\tminutes\tabsent\r\n1024\t\t青井\t90\t\r\n\t\t\t\t\r\n\tT1\t\t\t1\r\n'
    assert.deepEqual(read(tabs), ROWS)
    assert.deepEqual(read(Buffer.from(`\u{feff}${tabs}`, 'utf16le')), ROWS)
    const label = [0x90, 0xc2, 0x88, 0xe4]
    const cp932 = new Uint8Array([
      ...Buffer.from('resident,card,label,minutes,absent\r\n1024,,'),
      ...label,
      ...Buffer.from(',90,\r\n,T1,,,1\r\n'),
    ])
    assert.deepEqual(read(cp932), ROWS)
    assert.deepEqual(left('card,minutes,absent,label\nA,60,,a\nB,60\nC,60,欠席,c\nD,60,○,d\nE,60,TRUE,\nF,60,,山田 "ゴン" 太郎\n'), {
      cards: ['A', 'C-', 'E-', 'F'],
      faults: ['3 line.columns-wrong', '5 line.absence-unreadable'],
    })
    assert.deepEqual(left('resident,card,note\n1,,"二行の\nメモ"\n2,R7,\n,R8,\n'), { cards: ['R8'], faults: ['4 line.who-repeated'] })
    assert.throws(() => left('card\n"A\n'), /cannot be read as CSV/)
    assert.throws(() => left(''), /is empty/)
    assert.throws(() => read('residnt,minuts,hat\n1,2,3'), /residnt → resident\?, minuts → minutes\?, hat\. They are did/)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
