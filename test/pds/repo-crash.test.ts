// kill -9 at random moments, again and again on one folder: every acknowledged write is on the log exactly once, nothing on the log is missing from the
// repos, the chain of every repo is whole. The acknowledgements are kept by this process, the writing is done by another.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { auditDatabase } from '../../pds/audit.ts'
import { seededRandom } from '../support/random.ts'
import { commitsOf, openLocalRepos, temporaryFolder } from './local-repos.ts'

const ROUNDS = 10
const CHILD = join(import.meta.dirname, 'repo-crash-child.ts')

/** Lets a child write until `acknowledgements` lines have come and some microtasks more; gives all lines it printed before it died. */
const writeUntilKilled = async (folder: string, seed: number, acknowledgements: number): Promise<string[]> => {
  const child = spawn(process.execPath, [CHILD, folder, String(seed), '12'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    if (line !== 'ready') lines.push(line)
    if (lines.length === acknowledgements) child.kill('SIGKILL')
  }
  const [, signal] = child.exitCode === null && child.signalCode === null ? await once(child, 'exit') : [null, child.signalCode]
  assert.equal(signal, 'SIGKILL', 'the child lived until it was killed')
  // The last line may have been cut short.
  return lines.filter((line) => line.split(' ').length === 3)
}

test('what was acknowledged survives kill -9 and is on the log exactly once', async (t) => {
  const random = seededRandom(20261121)
  const folder = temporaryFolder()
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const acknowledged: string[] = []
  for (let round = 1; round <= ROUNDS; round++) {
    acknowledged.push(...(await writeUntilKilled(folder, round, 1 + random.below(150))))
    const local = openLocalRepos(folder)
    try {
      const onLog = commitsOf(local).map(({ repo, rev, commit }) => `${repo} ${rev} ${commit.toString()}`)
      const times = new Map<string, number>()
      for (const line of onLog) times.set(line, (times.get(line) ?? 0) + 1)
      for (const line of acknowledged) assert.equal(times.get(line), 1, `round ${round}: ${line}`)
      assert.equal(times.size, onLog.length, 'no commit is on the log twice')
      const { problems, checked } = await auditDatabase(local.db, { didKeyAt: () => local.keypair.didKey, blobDir: folder })
      assert.deepEqual(problems, [], `round ${round}`)
      assert.equal(checked['chains'], 3)
    } finally {
      local.close()
    }
  }
  assert(acknowledged.length > ROUNDS * 10)
})
