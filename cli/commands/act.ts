// `waki act`: a resident writes an action into their own repo, and is told where to follow it.

import { nonce } from '../../atproto/nonce.ts'
import { nsid } from '../../lexicons/authority.ts'
import { text, required, CommandRefused, type Command } from '../command.ts'
import { ACTING_USAGE, actingOptions, actingSession, didOf, townOf } from '../network/acting.ts'
import { civilNow } from '../network/civil-now.ts'
import { existingNetwork } from '../network/folder.ts'
import { outcomeInBooks, type Outcome } from '../network/outcome.ts'
import { urlsOf } from '../network/specs.ts'
import { createRecord } from '../xrpc-client.ts'

const CODE_SCHEME = 'jis-x-0402'

export const traceUrl = (appview: string, uri: string): string => `${appview}/me/acts/${uri.split('/').at(-1) ?? ''}`

export const actCommand: Command = {
  usage: `act ${ACTING_USAGE} --category C --minutes N [--on YYYY-MM-DD] [--town CODE] [--for public|HANDLE] [--event ID]`,
  summary: 'Record an act of mutual aid in your own repo. Category, minutes, date and municipality become public, nothing else.',
  options: {
    ...actingOptions,
    category: { type: 'string' },
    minutes: { type: 'string' },
    on: { type: 'string' },
    town: { type: 'string' },
    for: { type: 'string' },
    event: { type: 'string' },
  },
  run: async (args) => {
    const minutes = Number(required(args, 'minutes', '45'))
    if (!Number.isInteger(minutes)) throw new CommandRefused('--minutes takes a whole number from 1 to 720')
    const category = required(args, 'category', 'environment')
    const town = townOf(args)
    const session = await actingSession(args)
    const now = await civilNow(session.service)
    const receiver = text(args, 'for')
    const beneficiaries =
      receiver === undefined
        ? {}
        : { beneficiaries: [receiver === 'public' ? { class: 'public' } : { class: 'person', did: await didOf(args, receiver) }] }
    const event = text(args, 'event')
    const made = await createRecord(session, nsid.action, {
      category,
      minutes,
      performedOn: text(args, 'on') ?? now.date,
      municipality: { scheme: CODE_SCHEME, code: town.code },
      ...beneficiaries,
      ...(event === undefined ? {} : { eventId: event }),
      nonce: nonce(),
      createdAt: now.instant,
    })
    const { file } = existingNetwork(text(args, 'data'))
    const { appview } = urlsOf(file)
    const folder = text(args, 'data') === undefined ? '' : ` --data ${text(args, 'data')}`
    process.stdout.write(`${made.uri}\ncid ${made.cid}\n\n`)
    process.stdout.write(afterAct(await outcomeInBooks(session, appview, made), made.uri, folder))
    process.stdout.write(`Follow it (signed in as ${session.handle}): ${traceUrl(appview, made.uri)}\n`)
  },
}

const afterAct = (outcome: Outcome, uri: string, folder: string): string => {
  if (outcome.kind === 'refused') return `It is written, but it does not count: ${outcome.sentence} (${outcome.code})\n`
  if (outcome.kind === 'unknown') return 'It is written; the appview has not seen it yet.\n'
  return `It waits for a confirmation. Somebody else who is admitted says:\n  npx waki confirm ${uri} --as HANDLE${folder}\n`
}
