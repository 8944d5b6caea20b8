// How long a statement takes as the books grow, asked of the queries themselves (statement-asks.ts).
//   npm run bench:statements [-- --quick]

import { join } from 'node:path'
import { openSqliteStore } from '../appview/store/sqlite-store.ts'
import { either } from './mode.ts'
import { publish, type Row } from './report.ts'
import { scratchDir } from './servers.ts'
import { RESIDENTS, fillStore, intakeOf, timeAsks } from './statement-asks.ts'
import { TOWNS_OF_INTAKE } from './town-intake.ts'

const POSTING_LEVELS = either([10_000, 100_000], [10_000, 100_000, 1_000_000])
const CALLS = either(200, 800)
const AIM_MS = 10

const measure = async (level: number): Promise<Row[]> => {
  const store = openSqliteStore(join(scratchDir(`statements-${level}`), 'appview.sqlite'))
  const table = await timeAsks(await fillStore(store, intakeOf(level)), CALLS)
  await store.close()
  return table
}

const rows: Row[] = []
for (const level of POSTING_LEVELS) rows.push(...(await measure(level)))
const sorted = rows.toSorted((a, b) => String(a['what']).localeCompare(String(b['what'])))
const slowest = Math.max(...rows.map((row) => Number(row['p99 ms'])))
publish({
  name: 'statements',
  tables: [
    {
      title: `Statements as the books grow: ${RESIDENTS} residents of ${TOWNS_OF_INTAKE.length} towns, ${CALLS} questions each`,
      rows: sorted,
    },
  ],
  aims: [
    {
      what: `appview, statement p99 at up to ${POSTING_LEVELS.at(-1)?.toLocaleString('en') ?? ''} postings`,
      aim: `≤ ${AIM_MS} ms`,
      seen: `${slowest.toFixed(1)} ms`,
      holds: slowest <= AIM_MS,
    },
  ],
})
