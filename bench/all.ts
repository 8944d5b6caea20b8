// Every measurement, one after the other, and RESULTS.md made of what they wrote.
//   npm run bench [-- --quick]

import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from './child.ts'
import { mongodPath } from '../test/support/needs.ts'
import { aimRows, markdown, outDir, type Machine, type Report } from './report.ts'

const NAMES = [
  'pds',
  'relay',
  'appview',
  'rebuild',
  'ingest',
  'statements',
  'idle',
  'consolidation',
  'stamp-sheet',
  'intake-export',
  ...(mongodPath === undefined ? [] : ['mongo']),
]
const onlyWrite = process.argv.includes('--write')
const failed = onlyWrite
  ? []
  : NAMES.filter(
      (name) =>
        spawnSync(process.execPath, ['--no-warnings', `bench/${name}.ts`, ...process.argv.slice(2)], { cwd: projectRoot, stdio: 'inherit' })
          .status !== 0,
    )
if (failed.length > 0) {
  console.error(`failed: ${failed.join(', ')}`)
  process.exit(1)
}

type Kept = Report & { readonly machine: Machine }
const reports = NAMES.map((name): Kept => JSON.parse(readFileSync(join(outDir, `${name}.json`), 'utf8')))
const [first] = reports
if (first === undefined) throw new Error('nothing was measured')
const { node, cores, cpu, commit, date, quick } = first.machine

writeFileSync(
  join(projectRoot, 'bench', 'RESULTS.md'),
  `# Measured

By \`npm run bench${quick ? ' -- --quick' : ''}\` on ${date}, commit ${commit}: Node ${node}, ${cores} cores of ${cpu}. Servers run on one core, load on the other.
Absolute figures wander with the machine; ratios within a run hold. Writes are durable on both sides: answered after a commit that was synced.

## Aims

${markdown(aimRows(reports.flatMap(({ aims }) => aims)))}

${reports.flatMap(({ tables }) => tables.map(({ title, rows }) => `## ${title}\n\n${markdown(rows)}\n`)).join('\n')}`,
)
console.log('\nbench/RESULTS.md is written')
