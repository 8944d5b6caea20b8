// Several processes over one SQLite file, as parts of an appview by --roles are.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import { severalDesks } from './several-desks.ts'

const folder = mkdtempSync(join(tmpdir(), 'waki-desks-'))
after(() => rmSync(folder, { recursive: true, force: true }))

severalDesks('sqlite', async (book) => openSqliteStore(join(folder, `${book}.sqlite`)))
