// `waki lexicons publish`: whoever owns the domain of our authority publishes what its names mean, as records of an account.

import { AUTHORITY } from '../../lexicons/authority.ts'
import { CommandRefused, type Command } from '../command.ts'
import { ACTING_USAGE, actingOptions, actingSession } from '../network/acting.ts'
import { publishLexicons } from '../publish-lexicons.ts'

const domain = AUTHORITY.split('.').toReversed().join('.')

export const lexiconsCommand: Command = {
  usage: `lexicons publish ${ACTING_USAGE}`,
  summary: `Publish the lexicons and permission sets of ${AUTHORITY} in an account, so that other servers and apps can resolve them.`,
  options: actingOptions,
  run: async (args) => {
    if (args.positionals[0] !== 'publish') throw new CommandRefused('say what to do: `waki lexicons publish --as HANDLE`')
    const session = await actingSession(args)
    const { created, updated, unchanged } = await publishLexicons(session)
    process.stdout.write(
      `${created} created, ${updated} updated, ${unchanged} unchanged in at://${session.did}/com.atproto.lexicon.schema\n`,
    )
    process.stdout.write(
      `On a public network DNS has to name this account, for each group of names:\n` +
        [`_lexicon.${domain}`, `_lexicon.desk.${domain}`].map((name) => `  ${name}  TXT  "did=${session.did}"\n`).join(''),
    )
  },
}
