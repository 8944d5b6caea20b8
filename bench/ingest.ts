// Ingest on SQLite in batches by the ordinary writer, intake, entries and cursor durable together: acts a second, each with its confirmation; and how long a
// lone act takes afterwards until it is on disk. How long the event loop was held at most: whoever asks for a statement meanwhile waits for it.
//   npm run bench:ingest [-- --quick]

import module from 'node:module'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { openSqliteStore } from '../appview/store/sqlite-store.ts'
import { projectRoot } from './child.ts'
import { either } from './mode.ts'
import { percentile, publish, type Row } from './report.ts'
import { scratchDir } from './servers.ts'
import { fillStore, intakeOf, openBooking } from './statement-asks.ts'

const POSTING_LEVELS = either([100_000], [100_000, 1_000_000])
const LONE_ACTS = either(100, 300)
const WARM_UP_POSTINGS = 100_000
const AIM = 10_000
const BYTES_OF_A_MB = 1e6
const NANOSECONDS_OF_A_MS = 1e6
const DELAY_STEP_MS = 5

const ownCpu = (): number => {
  const { userCPUTime, systemCPUTime } = process.resourceUsage()
  return userCPUTime + systemCPUTime
}

const measure = async (level: number): Promise<Row> => {
  const store = openSqliteStore(join(scratchDir(`ingest-${level}`), 'appview.sqlite'))
  const intake = intakeOf(level)
  const delay = monitorEventLoopDelay({ resolution: DELAY_STEP_MS })
  delay.enable()
  const [begun, cpu] = [performance.now(), ownCpu()]
  const filled = await fillStore(store, intake)
  const seconds = (performance.now() - begun) / 1_000
  delay.disable()
  const cpuOfAct = (ownCpu() - cpu) / intake.acts
  const book = openBooking(filled)
  const times: number[] = []
  for (let nth = 0; nth < LONE_ACTS; nth++) {
    const before = performance.now()
    await book()
    times.push(performance.now() - before)
  }
  await store.close()
  return {
    postings: level,
    acts: intake.acts,
    'acts/s': intake.acts / seconds,
    'rows/s': intake.rows.length / seconds,
    'CPU µs an act': cpuOfAct,
    'loop held p99 ms': delay.percentile(99) / NANOSECONDS_OF_A_MS,
    'at most ms': delay.max / NANOSECONDS_OF_A_MS,
    'RSS MB at most': (process.resourceUsage().maxRSS * 1_024) / BYTES_OF_A_MB,
    'lone act p50 ms': percentile(times, 0.5),
    'lone act p99 ms': percentile(times, 0.99),
  }
}

// As the command line starts servers: what was compiled once is read back, by threads, too.
const compiled = join(projectRoot, 'node_modules', '.cache', 'waki')
module.enableCompileCache(compiled)
process.env['NODE_COMPILE_CACHE'] = compiled

// A server that has been up for a while has compiled what it runs, and touched the memory it needs: another store is filled first. The thread that writes
// a backlog starts anew with each store, and is measured.
await measure(WARM_UP_POSTINGS)
const rows: Row[] = []
for (const level of POSTING_LEVELS) rows.push(await measure(level))
publish({
  name: 'ingest',
  tables: [{ title: 'Ingest on SQLite in batches, each act with its confirmation, twelve postings', rows }],
  // Of what is over in a second most is the start of the thread that writes.
  aims: rows.slice(-1).map((row) => {
    const rate = Number(row['acts/s'])
    return {
      what: `appview on SQLite, acts ingested in batches, to ${Number(row['postings']).toLocaleString('en')} postings`,
      aim: `≥ ${AIM.toLocaleString('en')}/s`,
      seen: `${rate.toFixed(0)}/s`,
      holds: rate >= AIM,
    }
  }),
})
