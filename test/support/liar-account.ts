// An account whose DID is in the world's directory and whose repository a test writes by hand, on a host that sends what the test says.

import assert from 'node:assert/strict'
import type { Did } from '../../atproto/did.ts'
import { createKeypair } from '../../atproto/keys.ts'
import { createOperation, didOfGenesis } from '../../atproto/plc-operation.ts'
import { procedure } from '../../cli/xrpc-client.ts'
import { createTestRepo } from './frames.ts'
import type { TestRepo, Written } from './frames.ts'
import { startLiarHost } from './liar-host.ts'
import type { LiarHost } from './liar-host.ts'
import type { Member } from './member.ts'
import type { World } from './world.ts'

export type LiarAccount = {
  readonly did: Did
  readonly repo: TestRepo
  /** Writes and sends one record; gives its address. */
  create(collection: string, rkey: string, value: unknown): { readonly uri: string; readonly cid: string; readonly written: Written }
}

export const liarAccount = async (world: World, host: LiarHost, handle: string): Promise<LiarAccount> => {
  const [rotationKey, signingKey] = [createKeypair('k256'), createKeypair('k256')]
  const services = { atproto_pds: { type: 'AtprotoPersonalDataServer', endpoint: host.url } }
  const verificationMethods = { atproto: signingKey.didKey }
  const alsoKnownAs = [`at://${handle}`]
  const operation = createOperation(
    { rotationKeys: [rotationKey.didKey], verificationMethods, alsoKnownAs, services, prev: null },
    rotationKey,
  )
  const did = didOfGenesis(operation)
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${world.plc.url}/${did}`, { method: 'POST', headers, body: JSON.stringify(operation) })
  assert.equal(answer.status, 200, await answer.text())
  const repo = createTestRepo(did, signingKey, { nowMs: () => world.clock.civilMs(), nextSeq: () => host.nextSeq() })
  return {
    did,
    repo,
    create: (collection, rkey, value) => {
      const path = `${collection}/${rkey}`
      const written = repo.write([{ action: 'create', path, value }])
      return { uri: `at://${did}/${path}`, cid: String(repo.record(path)?.cid), written }
    },
  }
}

/** A resident of the town whose host, crawled by the world's relay, says what the test says. */
export const liarResident = async (town: Member): Promise<{ readonly host: LiarHost; readonly account: LiarAccount }> => {
  const { world } = town
  const host = await startLiarHost()
  world.onClose(() => host.close())
  const account = await liarAccount(world, host, 'taro.liar.test')
  await town.admit(account.did)
  await procedure(world.relay.url, 'com.atproto.sync.requestCrawl', { hostname: host.hostname })
  await host.connected(1)
  return { host, account }
}
