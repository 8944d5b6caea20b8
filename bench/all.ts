// Every measurement, one after the other, and RESULTS.md made of what they wrote, each with the commit it was made at.
//   npm run bench [-- --quick | --write]

import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
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
const { node, cores, cpu } = first.machine
const places = reports.map(({ name, machine: { commit, date, quick } }) => `${name} ${commit} (${date}${quick ? ', quick' : ''})`)
const picture = 'statements-growth.svg'
if (existsSync(join(outDir, picture))) copyFileSync(join(outDir, picture), join(projectRoot, 'bench', picture))

writeFileSync(
  join(projectRoot, 'bench', 'RESULTS.md'),
  `# Measured

By \`npm run bench\`, Node ${node}, ${cores} cores of ${cpu}. Servers run on one core, load on the other. Measured at: ${places.join(', ')}.
Absolute figures wander with the machine; ratios within a run hold. Writes are durable on both sides: answered after a commit that was synced.

## Aims

${markdown(aimRows(reports.flatMap(({ aims }) => aims)))}

![Statements as the books grow, on both engines](${picture})

${reports.flatMap(({ tables }) => tables.map(({ title, rows }) => `## ${title}\n\n${markdown(rows)}\n`)).join('\n')}`,
)
console.log('\nbench/RESULTS.md is written')
