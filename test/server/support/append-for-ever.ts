// Appends one deed and its event per transaction and prints each seq after COMMIT, until it is killed.

import { writeSync } from 'node:fs'
import { openEventLog } from '../../../server/event-log.ts'
import { openDatabase } from '../../../server/sqlite.ts'

const db = openDatabase(process.argv[2] ?? ':memory:', ['CREATE TABLE deed (seq INTEGER PRIMARY KEY)'])
const log = openEventLog(db, { firstSeq: 1_000, windowBytes: 10_000 })
const deed = db.prepare('INSERT INTO deed (seq) VALUES (?)')

for (;;) {
  const seq = db.transaction(() => {
    const given = log.append('#commit', 'did:web:example.com', 1, (own) => Buffer.from(`frame ${own}`))
    deed.run(given)
    return given
  })()
  log.published()
  writeSync(1, `${seq}\n`)
}
