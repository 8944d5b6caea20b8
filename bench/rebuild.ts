// The books of a million acts, each confirmed, made again from intake alone: how long, in how much memory, and that twice gives the same.
//   npm run bench:rebuild [-- --quick]

import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { openSqliteStore } from '../appview/store/sqlite-store.ts'
import { projectRoot } from './child.ts'
import { fillIntake } from './fill-intake.ts'
import { either } from './mode.ts'
import { publish, type Row } from './report.ts'
import { scratchDir } from './servers.ts'
import { TOWNS_OF_INTAKE, townIntake } from './town-intake.ts'

const ACTS = either(50_000, 1_000_000)
const ROUNDS = either(2, 1)
const ACTS_OF_A_RESIDENT = 50
const DAYS = 730
const SEED = 7
const AIM_SECONDS = 90
const AIM_MB = 1024
const MILLION = 1_000_000
const BYTES_PER_MB = 1_048_576

const file = join(scratchDir('rebuild'), 'appview.sqlite')
const plan = { acts: ACTS, residents: ACTS / ACTS_OF_A_RESIDENT, days: DAYS, seed: SEED }
const store = openSqliteStore(file)
const rows = await fillIntake(store.books, townIntake(plan))
await store.close()

type Once = {
  readonly seconds: number
  readonly cpuSeconds: number
  readonly decidingSeconds: number
  readonly peakMb: number
  readonly statementsHash: string
}

const parseOnce = (text: string): Once => JSON.parse(text)

const rebuildOnce = (): Once => {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--no-warnings', 'bench/rebuild-once.ts', file], {
    cwd: projectRoot,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  return parseOnce(stdout)
}

const rounds = Array.from({ length: ROUNDS }, rebuildOnce)
if (new Set(rounds.map(({ statementsHash }) => statementsHash)).size !== 1) throw new Error('two rebuilds gave different books')
const table = rounds.map(({ seconds, cpuSeconds, decidingSeconds, peakMb }, round): Row => ({
  round: round + 1,
  acts: ACTS,
  rows,
  seconds,
  'acts/s': ACTS / seconds,
  'CPU-s': cpuSeconds,
  'of the deciding thread': decidingSeconds,
  'acts per CPU-second': ACTS / cpuSeconds,
  'peak RSS MB': peakMb,
  'file MB after': statSync(file).size / BYTES_PER_MB,
}))
const best = Math.min(...rounds.map(({ seconds }) => seconds))
const peak = Math.max(...rounds.map(({ peakMb }) => peakMb))
publish({
  name: 'rebuild',
  tables: [
    {
      title: `Rebuild of ${ACTS.toLocaleString('en')} acts in ${TOWNS_OF_INTAKE.length} towns, each confirmed, from intake alone`,
      rows: table,
    },
  ],
  aims: [
    {
      what: `appview, rebuild of 1 M acts${ACTS === MILLION ? '' : ` (reckoned from ${ACTS.toLocaleString('en')})`}`,
      aim: `≤ ${AIM_SECONDS} s`,
      seen: `${((best * MILLION) / ACTS).toFixed(0)} s`,
      holds: (best * MILLION) / ACTS <= AIM_SECONDS,
    },
    { what: 'appview, memory of a rebuild', aim: `≤ ${AIM_MB} MB`, seen: `${peak.toFixed(0)} MB`, holds: peak <= AIM_MB },
  ],
})
