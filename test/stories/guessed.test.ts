// A stranger takes the intake that is there for everybody and guesses what it does not tell: who was erased, whom somebody confirmed and took back, or
// confirmed before their account was deactivated. The trees of its proofs tell that there was a record and when; its CID tells nothing,
// since there is something random in every record about a person.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { fetchPackedFile } from '../../cli/network/fetch-file.ts'
import { procedure } from '../../cli/xrpc-client.ts'
import { method, nsid } from '../../lexicons/authority.ts'
import { untilBooked } from '../desk/desk-world.ts'
import { eventually, getJson } from '../support/asking.ts'
import type { Json } from '../support/asking.ts'
import { cidOfRecord, takenFrom } from '../support/guessing.ts'
import type { Taken } from '../support/guessing.ts'
import { KANAZAWA, openTown, publishFileOf, residents } from '../support/town.ts'
import { ADMIN_PASSWORD } from '../support/world.ts'

/** As their neighbours' are, and as they are without anything random. */
const likeThose = ({ rows }: Taken, collection: string): readonly Json[] =>
  rows.flatMap((row) => {
    if (row.collection !== collection || row.value === null) return []
    const { nonce: _nonce, ...plain } = row.value
    return [row.value, plain]
  })

const admissionsOf = (taken: Taken, dids: readonly string[]): readonly Json[] =>
  likeThose(taken, nsid.admission).flatMap((like) => dids.map((subject) => ({ ...like, subject })))

const ROLES = ['beneficiary', 'witness', 'municipality'] as const

const confirmationsOf = (taken: Taken): readonly Json[] => {
  const acts = taken.rows.filter(({ collection, cid }) => collection === nsid.action && cid !== null)
  const likes = likeThose(taken, nsid.confirmation).flatMap((like) => ROLES.map((role): Json => ({ ...like, role })))
  const instants = new Set(likes.map((like) => like['createdAt']))
  return likes.flatMap((like) =>
    acts.flatMap(({ uri, cid }) => [...instants].map((createdAt) => ({ ...like, subject: { uri, cid }, createdAt }))),
  )
}

test('of an erased person and of a word taken back everybody may know that a record was there, and not what it was', async () => {
  const { world, town } = await openTown()
  await using _world = world
  await world.closeAppview(world.appview)
  await world.openAppview([{ code: KANAZAWA, did: town.did }], 'appview', { publishFile: publishFileOf(town) })
  const [aoi, ben, dan, eri] = await residents(town, ['aoi', 'ben', 'dan', 'eri'])
  assert(aoi !== undefined && ben !== undefined && dan !== undefined && eri !== undefined)
  const forBen = await aoi.act(KANAZAWA, { beneficiaries: [{ class: 'person', did: ben.did }] })
  const word = await ben.confirm(await dan.act(KANAZAWA, { minutes: 20 }))
  const second = await dan.act(KANAZAWA, { minutes: 30 })
  await ben.confirm(second)
  const hidden = await eri.confirm(second, { role: 'witness' })
  await world.settled()
  const told = await ben.tell(method.confirm, { subject: { uri: forBen.uri, cid: forBen.cid }, verdict: 'confirmed' })
  await untilBooked({ world, town }, String(told['uri']))
  await ben.remove(word.uri)
  await world.settled()
  await eri.deactivate()
  const [pds] = world.pds
  await procedure(pds?.url ?? '', 'com.atproto.admin.deleteAccount', { did: aoi.did }, { basic: `admin:${ADMIN_PASSWORD}` })
  world.stopped(aoi.did)
  await eventually(
    () => getJson(`${world.relay.url}/xrpc/com.atproto.sync.getRepoStatus?did=${aoi.did}`),
    ({ status }) => status === 'deleted',
    'the relay has heard of it',
  )
  await world.settled()
  world.step('2026-06-20T09:00:00.000Z')
  const file = join(world.dir, 'open.jsonl.gz')
  const taken = await eventually(
    async () => {
      await fetchPackedFile(`${world.appview.url}/xrpc/${method.exportIntake}`, null, file)
      return takenFrom(file)
    },
    ({ untold }) => [...untold.keys()].some((uri) => uri.startsWith(`at://${town.did}/${nsid.admission}/`)),
    'the admission is told no more',
  )
  const untold = [...taken.untold.keys()]
  assert(taken.untold.has(word.uri), 'what was taken back is in the tree of a later commit')
  assert(untold.some((uri) => uri.startsWith(`at://${town.did}/${nsid.confirmation}/`)))
  assert(taken.rows.some(({ uri, cid, value }) => uri === hidden.uri && cid === hidden.cid && value === null))
  const dids = [aoi, ben, dan, eri, town].map(({ did }) => did)
  const guessed = [...admissionsOf(taken, dids), ...confirmationsOf(taken)].map(cidOfRecord)
  assert(guessed.length >= 16, String(guessed.length))
  const found = new Set([
    ...taken.untold.values(),
    ...taken.rows.flatMap(({ cid, value }) => (value === null && cid !== null ? [cid] : [])),
  ])
  assert.deepEqual(
    guessed.filter((cid) => found.has(cid)),
    [],
  )
})
