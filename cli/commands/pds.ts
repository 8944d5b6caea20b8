// `waki pds`: one personal data server by itself; `waki pds rotate-secret`: a new secret for one that stands still.

import { CommandRefused, text, type Command } from '../command.ts'
import { serverCommand } from './server.ts'

const server = serverCommand('pds')

export const pdsCommand: Command = {
  usage: 'pds [rotate-secret [--data DIR]]',
  summary: `${server.summary}\n      rotate-secret: a new secret, under which all keys of DIR (DATA_DIR when not given) are sealed anew; stop the server first.`,
  options: { data: { type: 'string' } },
  async run(args) {
    const [deed, ...rest] = args.positionals
    if (deed === undefined) return server.run(args)
    if (deed !== 'rotate-secret' || rest.length > 0)
      throw new CommandRefused(`\`waki pds\` starts a server, \`waki pds rotate-secret\` gives it a new secret; "${deed}" is neither`)
    const { rotateSecretOf } = await import('../../pds/rotate-secret.ts')
    const done = rotateSecretOf(text(args, 'data'))
    process.stdout.write(
      `${done.renewed} keys are sealed under the new secret in ${done.secretFile}; put it into the backup beside pds.sqlite\n`,
    )
  },
}
