// `waki desk host-account`: the appview of a local network may write as a host body, so that cards on a stamp sheet become its records.

import { required, text, type Arguments } from '../command.ts'
import { actingSession } from '../network/acting.ts'
import { existingNetwork } from '../network/folder.ts'
import { addPublisher } from '../network/town.ts'
import { createAppPassword } from '../xrpc-client.ts'

const APP_PASSWORD_NAME = 'waki-appview'

export const addHostAccount = async (args: Arguments): Promise<void> => {
  const handle = required(args, 'handle', 'park.pds1.test')
  const session = await actingSession(args, handle)
  const { dir } = existingNetwork(text(args, 'data'))
  addPublisher(dir, session, await createAppPassword(session, APP_PASSWORD_NAME))
  process.stdout.write(`The appview may publish as ${handle} (${session.did}); it reads publish.json again by itself.\n`)
}
