// The folders of a stopped network in which much has happened: confirmed acts, one withdrawn, one edited confirmation, a repo fetched because a commit was
// kept back, a member who writes to other collections, an account that fell silent.

import { parseDataMap } from '../../atproto/data-model.ts'
import { decodeFrame } from '../../atproto/frame.ts'
import { createRecord, deleteRecord, procedure, putRecord } from '../../cli/xrpc-client.ts'
import type { Session } from '../../cli/xrpc-client.ts'
import { nsid } from '../../lexicons/authority.ts'
import { eventually } from '../support/asking.ts'
import { SmallNetwork } from './small-network.ts'
import { copyFolders } from './tampering.ts'
import type { Folders } from './tampering.ts'

const post = (who: Session) => createRecord(who, 'app.bsky.feed.post', { text: 'hello', createdAt: new Date().toISOString() })
const rkeyOf = (uri: string): string => uri.split('/').at(-1) ?? ''

/** One act is kept back, and comes with the repo that is fetched at the next one. */
const withholdOne = async (network: SmallNetwork, who: Session): Promise<void> => {
  network.wire.withholds = (frame) => {
    const decoded = decodeFrame(frame)
    return decoded.kind === 'message' && decoded.t === '#commit' && parseDataMap(decoded.payload)['repo'] === who.did
  }
  await network.act(who, { minutes: 45 })
  await eventually(
    async () => network.wire.withheld,
    (count) => count === 1,
    'the commit is withheld',
  )
  network.wire.withholds = () => false
}

/** Makes the folders of a network in `dir`; gives the DIDs of two who wrote much, the second of them in other collections, too. */
export const makeEventfulFolders = async (dir: string): Promise<{ folders: Folders; aoi: string; chie: string }> => {
  await using network = await SmallNetwork.start()
  const town = await network.openTown()
  const [aoi, ben, chie, dai] = [
    await network.join('aoi'),
    await network.join('ben'),
    await network.join('chie'),
    await network.join('dai'),
  ]
  await post(chie)
  await network.openAppview()
  for (const one of [aoi, ben, chie, dai]) await network.admit(town, one)
  for (let minutes = 10; minutes < 40; minutes += 5) await network.confirm(ben, await network.act(aoi, { minutes }))
  const withdrawn = await network.act(aoi, { minutes: 90 })
  await network.confirm(ben, withdrawn)
  for (let round = 0; round < 4; round++) {
    await post(chie)
    await network.confirm(aoi, await network.act(chie))
  }
  await post(chie)
  await network.settled(town, aoi, ben, chie)
  await withholdOne(network, dai)
  await network.act(dai, { minutes: 15 })
  const edited = await network.act(ben, { minutes: 20 })
  const word = await network.confirm(aoi, edited)
  const again = { subject: edited, role: 'beneficiary', verdict: 'confirmed', minutes: 10, createdAt: new Date().toISOString() }
  await putRecord(aoi, nsid.confirmation, rkeyOf(word.uri), again)
  await deleteRecord(aoi, nsid.action, rkeyOf(withdrawn.uri))
  await network.settled(town, aoi, ben, chie, dai)
  await procedure(network.wire.url, 'com.atproto.server.deactivateAccount', {}, dai.accessJwt)
  await network.act(aoi, { minutes: 55 })
  await network.settled(town, aoi, ben)
  await network.closeAppview()
  await network.relay.close()
  return { folders: copyFolders(network.dir, dir), aoi: aoi.did, chie: chie.did }
}
