// Lives until it is killed: writes to its repos without pause, and prints a line for each write once it is acknowledged.
// Arguments: folder, seed, number of writes in flight.

import { writeSync } from 'node:fs'
import { seededRandom } from '../support/random.ts'
import { parseDid } from '../../atproto/did.ts'
import type { Did } from '../../atproto/did.ts'
import type { Write } from '../../pds/repo/write.ts'
import { create, openLocalRepos, put, remove } from './local-repos.ts'

const [folder = '', seed = '1', inFlight = '8'] = process.argv.slice(2)
const random = seededRandom(Number(seed))
const local = openLocalRepos(folder)
const dids: readonly Did[] = ['a', 'b', 'c'].map((name) =>
  local.repos.head(`did:web:${name}.example`) === undefined ? local.join(name) : parseDid(`did:web:${name}.example`),
)

const randomWrite = (): Write => {
  const rkey = `k${random.below(300)}`
  const roll = random.below(10)
  if (roll < 3) return create(`${seed}-${random.below(1_000_000_000)}`)
  return roll < 8 ? put(rkey, `v${random.below(1_000)}`) : remove(rkey)
}

const writeOn = async (): Promise<never> => {
  for (;;) {
    const did = random.pick(dids)
    const writes = Array.from({ length: random.below(6) === 0 ? 20 : 1 }, randomWrite)
    const outcome = await local.repos.write(did, writes)
    if (outcome.ok && outcome.commit !== null) writeSync(1, `${did} ${outcome.commit.rev} ${outcome.commit.cid.toString()}\n`)
  }
}

writeSync(1, 'ready\n')
await Promise.all(Array.from({ length: Number(inFlight) }, writeOn))
