// `waki admit`: the town confirms, in its own repo, that a person takes part as its resident.

import { nonce } from '../../atproto/nonce.ts'
import { nsid } from '../../lexicons/authority.ts'
import { text, required, type Command } from '../command.ts'
import { actingSession, didOf, townOf } from '../network/acting.ts'
import { civilNow } from '../network/civil-now.ts'
import { createRecord } from '../xrpc-client.ts'

export const admitCommand: Command = {
  usage: 'admit --handle HANDLE|DID [--town CODE] [--from YYYY-MM-DD] [--data DIR]',
  summary: 'A town of the local network admits a resident. Only do so with that person’s consent: the record is public.',
  options: { handle: { type: 'string' }, town: { type: 'string' }, from: { type: 'string' }, data: { type: 'string' } },
  run: async (args) => {
    const town = townOf(args)
    const subject = await didOf(args, required(args, 'handle', 'aoi.pds1.test'))
    const session = await actingSession(args, town.handle)
    const now = await civilNow(town.pds)
    const from = text(args, 'from') ?? now.date
    const made = await createRecord(session, nsid.admission, { subject, from, nonce: nonce(), createdAt: now.instant })
    process.stdout.write(`${town.names.ja} (${town.code}) admits ${subject} from ${from}\n${made.uri}\n`)
  },
}
