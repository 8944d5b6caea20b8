// An exported intake is believed for its proofs alone: every way of altering the file is seen, by import and by verification, and nothing is left behind.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { test } from 'node:test'
import { exportIntakeTo, importIntakeInto, InvalidIntakeFile, verifyIntakeFile } from '../../appview/intake.ts'
import { hashOfFolded } from '../../appview/rebuild.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import { query } from '../../cli/xrpc-client.ts'
import { deskMethod, method, nsid } from '../../lexicons/authority.ts'
import { eventually, parseJson } from '../support/asking.ts'
import type { Json } from '../support/asking.ts'
import { KANAZAWA, openTown, publishFileOf, residents } from '../support/town.ts'

const run = promisify(execFile)

type Lines = readonly string[]

/** A closed year, as a file; and a CAR of the town's repo. Someone has edited, someone withdrawn, somebody is gone. */
const closedYearAsFile = async () => {
  await using stack = new AsyncDisposableStack()
  const { world, town } = await openTown()
  stack.use(world)
  await world.closeAppview(world.appview)
  const publishFile = publishFileOf(town)
  const appview = await world.openAppview([{ code: KANAZAWA, did: town.did }], 'appview', { publishFile })
  const people = await residents(town, ['aoi', 'ren', 'yui', 'sora', 'hina', 'riku'])
  for (const [index, giver] of people.entries())
    await (people[(index + 1) % people.length] ?? giver).confirm(await giver.act(KANAZAWA, { note: `人${index}` }))
  const withdrawn = await people[0]?.act(KANAZAWA, { minutes: 30 })
  await people[1]?.confirm(withdrawn ?? assert.fail())
  await people[0]?.remove(withdrawn?.uri ?? '')
  await world.settled()
  world.step('2027-06-01T03:00:00.000Z')
  await eventually(
    () => town.tell(deskMethod.close, { town: KANAZAWA, fiscalYear: 2026 }, appview.url).catch(() => null),
    (answer) => answer !== null,
    'closed',
  )
  await eventually(
    () => query(appview.url, method.getStatement, { scope: KANAZAWA, fiscalYear: '2026' }),
    (answer) => 'closing' in answer,
    'the close is in the books',
  )
  await world.settled()
  const car = join(world.dir, 'town.car')
  const response = await fetch(`${town.session.service}/xrpc/com.atproto.sync.getRepo?did=${town.did}`)
  writeFileSync(car, new Uint8Array(await response.arrayBuffer()))
  await world.closeAppview(appview)
  const store = join(world.folder('appview'), 'appview.sqlite')
  const file = join(world.dir, 'intake.jsonl')
  await exportIntakeTo(store, file, { isPrivate: false, onProgress: () => {} })
  return { stack: stack.move(), world, town, people, store, file, car }
}

/** The lines with another last one, so that the file as such is whole. */
const closedAgain = (lines: Lines): string => {
  const body = lines.slice(0, -1)
  const leaves = body.map((line) => parseJson(JSON.parse(line))).filter((line) => 'leaf' in line)
  const rows = leaves.reduce((sum, { rows: some }) => sum + (Array.isArray(some) ? some.length : 0), 0)
  const text = body.map((line) => `${line}\n`).join('')
  const sha256 = createHash('sha256').update(text).digest('hex')
  return `${text}${JSON.stringify({ end: { leaves: leaves.length, rows, sha256 } })}\n`
}

const isOf = (collection: string, repo?: string) => (line: string) => {
  const { rows } = parseJson(JSON.parse(line))
  return Array.isArray(rows) && rows.some((row: Json) => row['collection'] === collection && (repo === undefined || row['repo'] === repo))
}

test('what is believed of an exported intake, and what is not', async (t) => {
  const { stack, world, town, people, store, file, car } = await closedYearAsFile()
  await using _ = stack
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  let number = 0
  const altered = (change: (lines: string[]) => string): string => {
    const path = join(world.dir, `altered-${(number += 1)}.jsonl`)
    writeFileSync(path, change([...lines]))
    return path
  }
  const replaced = (find: (line: string) => boolean, change: (line: string) => string): string =>
    altered((all) => {
      const index = all.findLastIndex(find)
      assert(index > 0)
      all[index] = change(all[index] ?? '')
      assert.notEqual(all[index], lines[index])
      return closedAgain(all)
    })
  const imported = join(world.dir, 'imported.sqlite')
  const problemsOf = async (path: string): Promise<string> => {
    const report = await importIntakeInto(imported, path)
    assert.deepEqual(
      readdirSync(world.dir).filter((name) => name.startsWith('imported')),
      [],
    )
    return report.problems.map(({ what }) => what).join('\n')
  }

  await t.test('as it is: the books made of it are the books it came from, to the byte', async () => {
    assert.deepEqual((await importIntakeInto(imported, file)).problems, [])
    const hashes: string[] = []
    for (const one of [store, imported]) {
      const opened = openSqliteStore(one)
      hashes.push(await hashOfFolded(opened.books))
      const read = parseJson(parseJson(JSON.parse(lines[0] ?? ''))['read'])
      assert.equal((await opened.books.state()).cursor.read.leaf, read['leaf'])
      await opened.close()
    }
    assert.equal(hashes[0], hashes[1])
    await assert.rejects(importIntakeInto(imported, file), /there already/)
    for (const name of readdirSync(world.dir).filter((one) => one.startsWith('imported'))) rmSync(join(world.dir, name))
  })

  await t.test('nothing private is in it, and nothing of what was withdrawn', () => {
    const text = lines.join('\n')
    assert.equal(text.includes('"payload"'), false)
    assert(text.includes('人1'))
  })

  await t.test('minutes of an act altered', async () => {
    const path = replaced(isOf(nsid.action, people[2]?.did), (line) => line.replace('"minutes":60', '"minutes":90'))
    assert.match(await problemsOf(path), /not the record its commit names/)
    const { verified, report } = await verifyIntakeFile(path, {})
    assert.equal(verified.length, 0)
    assert.equal(report.problems.length > 0, true)
  })

  await t.test('a refusal, or another subject, laid beside a record that is there', async () => {
    const refused = replaced(isOf(nsid.action, people[2]?.did), (line) =>
      line.replace('"source":"record"', '"source":"record","refusal":"record.malformed"'),
    )
    assert.match(await problemsOf(refused), /why its record cannot be read/)
    const other = lines.map((line) => /"uri":"(at:[^"]*org\.waki\.action\/[^"#]*)"/.exec(line)?.[1]).find((uri) => uri !== undefined)
    const withdrawn = lines.map((line) => /"uri":"(at:[^"]*org\.waki\.action\/#[^"]*)"/.exec(line)?.[1]).find((uri) => uri !== undefined)
    for (const subject of [other ?? assert.fail(), withdrawn ?? assert.fail()]) {
      const path = replaced(isOf(nsid.confirmation, people[3]?.did), (line) =>
        line.replace('"source":"record"', `"source":"record","subject":"${subject}"`),
      )
      assert.match(await problemsOf(path), /another record than it names/)
    }
  })

  await t.test('an act left out from the middle of its repo', async () => {
    const path = altered((all) => closedAgain(all.filter((line) => !isOf(nsid.action, people[0]?.did)(line))))
    assert.match(await problemsOf(path), /missing|says another thing|no row has made|not those its rows add up to/)
  })

  await t.test('the last word of somebody left out: the statement is another one', async () => {
    const path = altered((all) => {
      const index = all.findLastIndex(isOf(nsid.confirmation, people[3]?.did))
      return closedAgain(all.toSpliced(index, 1))
    })
    const { verified, report } = await verifyIntakeFile(path, {})
    const [area] = verified
    assert(report.problems.length > 0 || (area?.verdict === 'differs' && area.differences[0]?.signed !== undefined))
  })

  await t.test('the signed statement altered', async () => {
    const path = replaced(isOf(nsid.statement), (line) => line.replace('"version":1', '"version":2'))
    assert.match(await problemsOf(path), /not the record its commit names/)
  })

  await t.test('the signed close left out: nothing is said to be verified', async () => {
    const path = altered((all) => closedAgain(all.filter((line) => !isOf(nsid.close, town.did)(line))))
    const { verified } = await verifyIntakeFile(path, {})
    assert.deepEqual(verified, [])
    const outcome = await run(process.execPath, ['cli/waki.js', 'statement', 'verify', '--intake', path]).then(
      () => 0,
      (error: unknown) => parseJson(error)['code'],
    )
    assert.equal(outcome, 1)
  })

  await t.test('but the repo itself, as a CAR, has it; a CAR that was altered is not believed', async () => {
    const path = altered((all) => closedAgain(all.filter((line) => !isOf(nsid.close)(line))))
    const { verified } = await verifyIntakeFile(path, {}, car)
    assert.deepEqual(
      verified.map(({ verdict }) => verdict),
      ['same', 'same', 'same'],
    )
    const bytes = readFileSync(car)
    const at = bytes.indexOf('createdAt') + 20
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at)
    writeFileSync(`${car}.altered`, bytes)
    await assert.rejects(verifyIntakeFile(path, {}, `${car}.altered`))
  })

  await t.test('the time of a leaf moved past the cut-off', async () => {
    const path = altered((all) => {
      const index = all.findLastIndex(isOf(nsid.confirmation, people[0]?.did))
      return closedAgain(all.map((line, place) => (place === index ? line.replaceAll('"recordedAt":"2026', '"recordedAt":"2028') : line)))
    })
    assert.match(await problemsOf(path), /recorded before the leaf before it/)
  })

  await t.test('another roster: the statements name another', async () => {
    const path = altered((all) => {
      all[0] = (all[0] ?? '').replace('"fromLeaf":1', '"fromLeaf":0')
      return closedAgain(all)
    })
    const { verified } = await verifyIntakeFile(path, {})
    assert.deepEqual(
      verified.map(({ verdict }) => verdict),
      ['differs', 'differs', 'differs'],
    )
    assert.ok(verified[0]?.differences.some(({ line }) => line === 'roster'))
  })

  await t.test('cut short, of another kind, or altered without closing it again', async () => {
    for (const [change, said] of [
      [(all: string[]) => all.slice(0, -1).join('\n'), /cut short/],
      [(all: string[]) => `${all.slice(1).join('\n')}\n`, /does not begin/],
      [() => '{"hello":1}\n', /no line/],
      [() => 'hello\n', /not JSON/],
      [() => '', /cut short/],
    ] as const)
      await assert.rejects(verifyIntakeFile(altered(change), {}), (error) => error instanceof InvalidIntakeFile && said.test(error.message))
    const path = altered((all) => `${all.filter((line) => !isOf(nsid.close)(line)).join('\n')}\n`)
    assert.match(await problemsOf(path), /not those the file was closed with/)
  })

  assert.equal(existsSync(imported), false)
})
