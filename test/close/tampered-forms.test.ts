// Whatever field of an exported intake is altered, the file is refused with a sentence or its statements are told for what they are: nothing ends in a crash.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { test } from 'node:test'
import { exportIntakeTo, InvalidCarFile, InvalidIntakeFile, verifyIntakeFile } from '../../appview/intake.ts'
import { parseLine } from '../../appview/intake-export/format.ts'
import { parseJson } from '../support/asking.ts'
import { openTown, residents } from '../support/town.ts'

const run = promisify(execFile)
const OTHERS: readonly unknown[] = ['x', null, -1, 5, {}, []]

type Path = readonly (string | number)[]

/** Every field, in lists of the first one only. */
const pathsIn = (value: unknown, at: Path = []): readonly Path[] => {
  if (typeof value !== 'object' || value === null) return at.length === 0 ? [] : [at]
  const fields = Array.isArray(value) ? value.slice(0, 1) : Object.values(value)
  const names = Array.isArray(value) ? [0] : Object.keys(value)
  const own = at.length === 0 ? [] : [at]
  return [...own, ...fields.flatMap((field, index) => pathsIn(field, [...at, names[index] ?? 0]))]
}

const setIn = (value: unknown, [name, ...rest]: Path, to: unknown): void => {
  const fields = value as Record<string | number, unknown>
  if (name === undefined) return
  if (rest.length > 0) return setIn(fields[name], rest, to)
  if (to === undefined) delete fields[name]
  else fields[name] = to
}

const closedAgain = (lines: readonly string[]): string => {
  const body = lines.slice(0, -1)
  const leaves = body.map((line) => parseJson(JSON.parse(line))).filter((line) => 'leaf' in line)
  const rows = leaves.reduce((sum, { rows: some }) => sum + (Array.isArray(some) ? some.length : 0), 0)
  const text = body.map((line) => `${line}\n`).join('')
  const end = { leaves: leaves.length, rows, withheld: 0, sha256: createHash('sha256').update(text).digest('hex') }
  return `${text}${JSON.stringify({ end })}\n`
}

/** Somebody's act, confirmed; somebody who has left. */
const fileOfATown = async (): Promise<{ readonly lines: readonly string[]; readonly car: Uint8Array }> => {
  const { world, town } = await openTown()
  await using _ = world
  const [aoi = assert.fail(), ren = assert.fail()] = await residents(town, ['aoi', 'ren'])
  await ren.confirm(await aoi.act('172014'))
  await world.settled()
  await ren.deactivate()
  await aoi.act('172014', { minutes: 5 })
  await world.settled()
  const response = await fetch(`${town.session.service}/xrpc/com.atproto.sync.getRepo?did=${town.did}`)
  const car = new Uint8Array(await response.arrayBuffer())
  await world.closeAppview(world.appview)
  const file = join(world.dir, 'intake.jsonl')
  await exportIntakeTo(join(world.folder('appview'), 'appview.sqlite'), file, { isPrivate: true, onProgress: () => {} })
  return { lines: readFileSync(file, 'utf8').trimEnd().split('\n'), car }
}

test('no altered field of a file ends in a crash', async (t) => {
  const { lines, car } = await fileOfATown()
  const folder = mkdtempSync(join(tmpdir(), 'waki-tampered-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'intake.jsonl')
  const kinds = new Map<string, number>()
  for (const [index, line] of lines.entries()) {
    const { rows } = parseJson(JSON.parse(line))
    const [row] = Array.isArray(rows) ? rows : []
    const kind = row === undefined ? Object.keys(parseJson(JSON.parse(line)))[0] : `${row['collection']} ${row['source']}`
    if (!kinds.has(String(kind))) kinds.set(String(kind), index)
  }
  assert(kinds.size >= 8, [...kinds.keys()].join())
  const refused = new Set<string>()
  const outcomeOf = async (text: string): Promise<string> => {
    writeFileSync(file, text)
    try {
      const { report } = await verifyIntakeFile(file, {})
      return report.problems.length > 0 ? 'problems' : 'believed'
    } catch (error) {
      assert(error instanceof InvalidIntakeFile, error instanceof Error ? (error.stack ?? '') : String(error))
      refused.add(error.message.replaceAll(/\d+/g, 'N'))
      return 'refused'
    }
  }
  assert.equal(await outcomeOf(`${lines.join('\n')}\n`), 'believed')
  let tried = 0
  for (const [kind, index] of kinds)
    for (const path of pathsIn(JSON.parse(lines[index] ?? '')))
      // What a record holds is held against its proof, whatever it is.
      for (const to of path.includes('value') ? ['x'] : [...OTHERS, undefined]) {
        const altered: unknown = JSON.parse(lines[index] ?? '')
        setIn(altered, path, to)
        const line = JSON.stringify(altered)
        if (line === lines[index]) continue
        const text = kind === 'end' ? `${lines.with(index, line).join('\n')}\n` : closedAgain(lines.with(index, line))
        // Of what the form alone refuses the books need not be made.
        try {
          parseLine(line, 1)
        } catch (error) {
          assert(error instanceof InvalidIntakeFile)
          continue
        }
        tried += 1
        await assert.doesNotReject(outcomeOf(text), `${kind} ${path.join('.')} = ${JSON.stringify(to)}`)
      }
  assert(tried > 40)

  await t.test('nor does a folder, or a file that is no CAR', async () => {
    writeFileSync(file, `${lines.join('\n')}\n`)
    await assert.rejects(verifyIntakeFile(folder, {}), InvalidIntakeFile)
    for (const bytes of [
      new Uint8Array(0),
      Buffer.from('no CAR'),
      car.subarray(0, car.length / 2),
      car.map((byte, at) => (at === 90 ? byte ^ 1 : byte)),
    ]) {
      writeFileSync(join(folder, 'repo.car'), bytes)
      await assert.rejects(verifyIntakeFile(file, {}, join(folder, 'repo.car')), InvalidCarFile)
    }
    for (const wrong of [
      ['--intake', folder],
      ['--intake', file, '--car', join(folder, 'repo.car')],
    ]) {
      const error = await run(process.execPath, ['cli/waki.js', 'statement', 'verify', ...wrong]).catch(parseJson)
      const { code, stderr } = parseJson(error)
      assert.equal(code, 1)
      assert.doesNotMatch(String(stderr), /^\s+at /m, 'no stack')
    }
  })
})
