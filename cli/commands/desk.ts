// `waki desk DEED …`: everything a town's desk does, as the person who does it. Each deed is in desk-deeds.ts; here it is found, done, and told.

import { CommandRefused, type Arguments, type Command, type Options } from '../command.ts'
import { actingOptions } from '../network/acting.ts'
import { openDesk } from '../network/desk-call.ts'
import { XrpcRefused } from '../xrpc-client.ts'
import type { Deed } from './desk-deed.ts'
import { deeds } from './desk-deeds.ts'
import { addHostAccount } from './desk-host-account.ts'

/** Every option of any deed; each deed says which of them it reads. */
const VALUES =
  'town appview handle role file find from until name-ja name-en title event on category minutes for host id version state kind uri reason by dispute outcome rows points action index resident household body limit cursor year month what format out'

const options: Options = {
  ...actingOptions,
  ...Object.fromEntries(VALUES.split(' ').map((name) => [name, { type: 'string' } as const])),
  apply: { type: 'boolean' },
}

/** What to do about a refusal that a person can mend at once; the refusal itself says the rest. */
const REMEDIES: Readonly<Record<string, string>> = {
  'desk.no-role': 'An admin of the desk grants one: npx waki desk role add --handle HANDLE --role clerk|approver|admin|auditor',
  'desk.role-insufficient': '`npx waki desk role list` says who may.',
  'desk.no-publish-account': 'For a host body of this network: npx waki desk host-account --handle HANDLE',
  'approval.same-person': 'Let another approver say: npx waki desk approve --id ID --as HANDLE',
  'draft.changed': 'Look at it again (npx waki desk drafts), then repeat.',
  'draft.not-proposed': 'First: npx waki desk propose --id ID',
  'stamp.host-body-no-account': 'npx waki desk host-account --handle HANDLE',
}

const remedyFor = (message: string): string => {
  const code = /^(?:line \d+: )?([a-zA-Z]+\.[a-z-]+):/.exec(message)?.[1] ?? ''
  const remedy = REMEDIES[code]
  return remedy === undefined ? '' : `\n${remedy}`
}

const list = (): string =>
  Object.entries({ ...deeds, 'host-account': { usage: '--handle HANDLE' } })
    .map(([name, { usage }]) => `  ${name} ${usage}`)
    .join('\n')

const found = (args: Arguments): Deed => {
  const two = args.positionals.slice(0, 2).join(' ')
  const deed = deeds[two] ?? deeds[args.positionals[0] ?? '']
  if (deed === undefined) throw new CommandRefused(`say what the desk does, for example \`npx waki desk role list\`:\n${list()}`)
  return deed
}

export const deskCommand: Command = {
  usage: 'desk DEED [--town CODE] [--as HANDLE] [--appview URL] [--data DIR] …  (npx waki desk lists the deeds)',
  summary:
    'The desk of a town: roles, register, admissions, stamp sheets, approvals, disputes, policies. Without --as, as the town itself.',
  options,
  run: async (args) => {
    if (args.positionals[0] === 'host-account') return addHostAccount(args)
    const deed = found(args)
    const desk = await openDesk(args)
    try {
      process.stdout.write(`${await deed.run(desk, args)}\n`)
    } catch (error) {
      if (!(error instanceof XrpcRefused)) throw error
      throw new CommandRefused(`${error.message}${remedyFor(error.message)}`)
    }
  },
}
