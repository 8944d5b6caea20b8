// The books on MongoDB beside those on SQLite, of the same intake by the same writer: acts a second into three real nodes, statements as the books grow,
// the stall when the primary is killed, and which pool of connections serves many readers best. Statements are timed when the nodes have written their
// checkpoint of the intake, and each kind on either engine after it was asked 200 times. Nothing to measure where there is no mongod.
//   npm run bench:mongo [-- --quick]

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openStore } from '../appview/store/open-store.ts'
import type { Store } from '../appview/store/store.ts'
import { nsid } from '../lexicons/authority.ts'
import { startNodes } from '../test/support/mongo-nodes.ts'
import type { Nodes } from '../test/support/mongo-nodes.ts'
import { mongodPath } from '../test/support/needs.ts'
import { growthPicture } from './growth-picture.ts'
import { either } from './mode.ts'
import { measurePools, POOL_SIZES } from './mongo-pools.ts'
import { measureStall } from './mongo-stall.ts'
import { ownCpuSeconds, processFigures } from './process-figures.ts'
import { outDir, publish, type Row } from './report.ts'
import { scratchDir } from './servers.ts'
import { fillStore, intakeOf, timeAsks } from './statement-asks.ts'
import type { Filled } from './statement-asks.ts'

const LEVELS = either([10_000, 100_000], [10_000, 100_000, 1_000_000])
const CALLS = either(100, 800)
const CACHE_GB = '1'
const NODES = [0, 1, 2]
const AIM_ACTS = 2_000
const AIM_MS = 20
const AIM_STALL_MS = 5_000

if (mongodPath === undefined) {
  console.log('no mongod is here (npm run mongod): nothing measured')
  process.exit(0)
}

type Engine = { readonly name: string; readonly open: (level: number) => Promise<Store> }

const mongoCpu = (nodes: Nodes): number => NODES.reduce((sum, index) => sum + processFigures(nodes.pid(index)).cpuSeconds, 0)

/** Without the intake, which no appview has in memory: an act, and the last row. */
const withFewRows = (filled: Filled): Filled => {
  const act = filled.rows.find(({ collection }) => collection === nsid.action)
  return { ...filled, rows: [...(act === undefined ? [] : [act]), ...filled.rows.slice(-1)] }
}

/** Folds the intake of a level. */
const foldLevel = async ({ name }: Engine, store: Store, level: number, nodes: Nodes): Promise<{ fold: Row; filled: Filled }> => {
  const intake = intakeOf(level)
  const [begun, own, theirs] = [performance.now(), ownCpuSeconds(), mongoCpu(nodes)]
  const filled = await fillStore(store, intake)
  const seconds = (performance.now() - begun) / 1_000
  const { acts, rows } = intake
  const fold = {
    engine: name,
    postings: level,
    acts,
    'acts/s': acts / seconds,
    'rows/s': rows.length / seconds,
    'appview CPU ms an act': ((ownCpuSeconds() - own) * 1_000) / acts,
    'nodes CPU ms an act': name === 'SQLite' ? undefined : ((mongoCpu(nodes) - theirs) * 1_000) / acts,
  }
  console.log(JSON.stringify(fold))
  return { fold, filled: withFewRows(filled) }
}

/** Folds the intake of a level, and asks statements of it. */
const measureLevel = async (engine: Engine, level: number, nodes: Nodes): Promise<{ fold: Row; asks: readonly Row[] }> => {
  const store = await engine.open(level)
  const { fold, filled } = await foldLevel(engine, store, level, nodes)
  // So much taken in at once is no usual hour, and a checkpoint of it takes both cores.
  if (engine.name === 'MongoDB') for (const index of NODES) await nodes.commandOn(index, { fsync: 1 })
  const asks = (await timeAsks(filled, CALLS)).map((row) => ({ ...row, engine: engine.name, postings: level }))
  await store.close()
  return { fold, asks }
}

const folder = scratchDir('mongo')
const nodes = await startNodes({ cacheGb: CACHE_GB })
try {
  const engines: readonly Engine[] = [
    { name: 'SQLite', open: (level) => openStore({ address: join(folder, `${level}.sqlite`), folder }) },
    { name: 'MongoDB', open: (level) => openStore({ address: nodes.uri(`level${level}`), folder }) },
  ]
  const folds: Row[] = []
  const asked: Row[] = []
  for (const level of LEVELS)
    for (const engine of engines) {
      const { fold, asks } = await measureLevel(engine, level, nodes)
      folds.push(fold)
      asked.push(...asks)
    }
  const pools = await measurePools(nodes, `level${LEVELS[1] ?? 0}`, folder, () => mongoCpu(nodes))
  const stall = await measureStall(nodes, folder)

  const rateOf = (name: string): number => Math.max(...folds.filter(({ engine }) => engine === name).map((fold) => Number(fold['acts/s'])))
  const [onMongo, onSqlite] = [rateOf('MongoDB'), rateOf('SQLite')]
  const slowest = Math.max(...asked.map((row) => Number(row['p99 ms'])))
  const points = asked.map((row) => ({
    engine: String(row['engine']),
    what: String(row['what']),
    postings: Number(row['postings']),
    p99Ms: Number(row['p99 ms']),
  }))
  publish({
    name: 'mongo',
    tables: [
      { title: 'Books on three nodes and on SQLite: acts folded from the same intake, each with its confirmation', rows: folds },
      {
        title: `Statements on both engines as the books grow, ${CALLS} questions each (bench/out/statements-growth.svg)`,
        rows: asked
          .toSorted((a, b) => String(a['what']).localeCompare(String(b['what'])) || Number(a['postings']) - Number(b['postings']))
          .map(({ what, postings, engine, ...figures }) => ({ what, postings, engine, ...figures })),
      },
      { title: `Statements on MongoDB by many at once, by size of the pool (${POOL_SIZES.join(', ')})`, rows: pools },
      { title: 'The primary is killed while acts are folded', rows: [stall] },
    ],
    aims: [
      {
        what: 'appview on MongoDB, acts folded on three nodes',
        aim: `≥ ${AIM_ACTS.toLocaleString('en')}/s`,
        seen: `${onMongo.toFixed(0)}/s (SQLite in the same run: ${(onSqlite / onMongo).toFixed(1)} times)`,
        holds: onMongo >= AIM_ACTS,
      },
      {
        what: `appview on either engine, statement p99 at up to ${LEVELS.at(-1)?.toLocaleString('en') ?? ''} postings`,
        aim: `≤ ${AIM_MS} ms`,
        seen: `${slowest.toFixed(1)} ms`,
        holds: slowest <= AIM_MS,
      },
      {
        what: 'appview on MongoDB, stall when the primary is killed',
        aim: `≤ ${AIM_STALL_MS / 1_000} s, nothing lost`,
        seen: `${(Number(stall['longest stall ms']) / 1_000).toFixed(1)} s, ${String(stall['rows lost'])} rows lost`,
        holds: Number(stall['longest stall ms']) <= AIM_STALL_MS && stall['rows lost'] === 0,
      },
    ],
  })
  writeFileSync(join(outDir, 'statements-growth.svg'), growthPicture(points, AIM_MS))
} finally {
  await nodes.stop()
}
