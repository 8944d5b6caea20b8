// `waki account create|rotate-key`: accounts on a PDS.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text, required, CommandRefused, type Arguments, type Command } from '../command.ts'
import { actingOptions, actingSession, localPds } from '../network/acting.ts'
import { addLogins, existingNetwork } from '../network/folder.ts'
import { newPassword } from '../network/password.ts'
import { urlsOf } from '../network/specs.ts'
import { createAccount, procedure, type Authorization } from '../xrpc-client.ts'

const create = async (args: Arguments): Promise<void> => {
  const handle = required(args, 'handle', 'aoi.pds1.test')
  const pds = text(args, 'pds') ?? localPds(args, handle)
  const password = text(args, 'password') ?? newPassword()
  const session = await createAccount(pds, { handle, email: text(args, 'email') ?? `owner@${handle}`, password })
  if (text(args, 'pds') === undefined)
    addLogins(existingNetwork(text(args, 'data')).dir, [
      { handle, did: session.did, pds, password, what: 'created by waki account create' },
    ])
  process.stdout.write(`handle    ${session.handle}\nDID       ${session.did}\nPDS       ${pds}\npassword  ${password}\n`)
}

const rotateKey = async (args: Arguments): Promise<void> => {
  const session = await actingSession(args)
  const admin = adminAuthorization(args, session.service)
  const reserved = await procedure(session.service, 'com.atproto.server.reserveSigningKey', { did: session.did })
  await procedure(
    session.service,
    'com.atproto.admin.updateAccountSigningKey',
    { did: session.did, signingKey: reserved['signingKey'] },
    admin,
  )
  process.stdout.write(`${session.handle} signs with a new key from now on; what the old key signed still verifies.\n`)
}

/** The PDS's admin password: --admin-password, or the file the local PDS keeps. */
const adminAuthorization = (args: Arguments, pds: string): Authorization => {
  const given = text(args, 'admin-password')
  if (given !== undefined) return { basic: `admin:${given}` }
  const { dir, file } = existingNetwork(text(args, 'data'))
  const index = urlsOf(file).pds.indexOf(pds)
  if (index < 0) throw new CommandRefused(`${pds} is not a PDS of this network; give its --admin-password`)
  return { basic: `admin:${readFileSync(join(dir, `pds${index + 1}`, 'admin-password'), 'utf8').trim()}` }
}

const actions: Readonly<Record<string, (args: Arguments) => Promise<void>>> = { create, 'rotate-key': rotateKey }

export const accountCommand: Command = {
  usage: 'account create --handle HANDLE [--email E] [--password P] [--pds URL] | account rotate-key --as HANDLE [--admin-password P]',
  summary: 'Create an account, or give an account a new signing key.',
  options: { ...actingOptions, 'admin-password': { type: 'string' }, handle: { type: 'string' }, email: { type: 'string' } },
  run: async (args) => {
    const action = actions[args.positionals[0] ?? '']
    if (action === undefined) throw new CommandRefused('say `waki account create` or `waki account rotate-key`')
    await action(args)
  },
}
