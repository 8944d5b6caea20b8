// A stamp sheet's list from a file: commas or tabs, UTF-8, UTF-16 or CP932; a head that is misspelt is named and nothing is sent.

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
    return readRows(file)
  }
  try {
    assert.deepEqual(read('resident,card,label,minutes,absent\r\n1024,,青井,90,\r\n,T1,,,1\r\n'), ROWS)
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
    assert.throws(() => read('residnt,minuts,hat\n1,2,3'), /residnt → resident\?, minuts → minutes\?, hat\. They are did/)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
