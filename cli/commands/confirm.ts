// `waki confirm`: another person, a host body or the town says that an action took place, for exactly the version they saw.

import { nonce } from '../../atproto/nonce.ts'
import { nsid } from '../../lexicons/authority.ts'
import { text, CommandRefused, type Command } from '../command.ts'
import { ACTING_USAGE, actingOptions, actingSession } from '../network/acting.ts'
import { civilNow } from '../network/civil-now.ts'
import { existingNetwork } from '../network/folder.ts'
import { outcomeInBooks, type Outcome } from '../network/outcome.ts'
import { urlsOf } from '../network/specs.ts'
import { createRecord, query } from '../xrpc-client.ts'
import { traceUrl } from './act.ts'

const ROLES = ['beneficiary', 'witness', 'hostBody', 'municipality']

export const confirmCommand: Command = {
  usage: `confirm URI ${ACTING_USAGE} [--role ${ROLES.join('|')}] [--minutes N] [--reject] [--public]`,
  summary: 'Confirm an action (or --reject it) from your own repo. --public: it was for everybody, not for a person.',
  options: {
    ...actingOptions,
    role: { type: 'string' },
    minutes: { type: 'string' },
    reject: { type: 'boolean' },
    public: { type: 'boolean' },
  },
  run: async (args) => {
    const uri = args.positionals[0] ?? ''
    const [, , repo = '', collection = '', rkey = ''] = uri.split('/')
    if (!uri.startsWith('at://') || collection !== nsid.action || rkey === '')
      throw new CommandRefused(`give the address of an action, as \`waki act\` prints it: at://DID/${nsid.action}/KEY`)
    const role = text(args, 'role') ?? 'beneficiary'
    if (!ROLES.includes(role)) throw new CommandRefused(`--role takes ${ROLES.join(', ')}`)
    const session = await actingSession(args)
    const { file } = existingNetwork(text(args, 'data'))
    const cid = await cidOf(urlsOf(file).pds, { repo, collection, rkey })
    const minutes = text(args, 'minutes')
    const made = await createRecord(session, nsid.confirmation, {
      subject: { uri, cid },
      role,
      verdict: args.values['reject'] === true ? 'rejected' : 'confirmed',
      ...(minutes === undefined ? {} : { minutes: Number(minutes) }),
      ...(args.values['public'] === true ? { receivers: [{ class: 'public', weight: 1 }] } : {}),
      nonce: nonce(),
      createdAt: (await civilNow(session.service)).instant,
    })
    const { appview } = urlsOf(file)
    process.stdout.write(`${made.uri}\ncid ${made.cid}\n\n${afterConfirmation(await outcomeInBooks(session, appview, made))}\n`)
    process.stdout.write(`The giver follows it here: ${traceUrl(appview, uri)}\n`)
  },
}

const afterConfirmation = (outcome: Outcome): string => {
  if (outcome.kind === 'refused') return `It is written, but it does not count: ${outcome.sentence} (${outcome.code})`
  if (outcome.kind === 'booked') return 'It counts: the minutes are in the books.'
  return outcome.kind === 'waiting' ? 'It is received. It changes no figure by itself.' : 'It is written; the appview has not seen it yet.'
}

const cidOf = async (services: readonly string[], record: { repo: string; collection: string; rkey: string }): Promise<string> => {
  for (const service of services) {
    const found = await query(service, 'com.atproto.repo.getRecord', record).catch(() => undefined)
    if (typeof found?.['cid'] === 'string') return found['cid']
  }
  throw new CommandRefused(`no PDS of this network has at://${record.repo}/${record.collection}/${record.rkey}; it may have been deleted`)
}
