// The account that publishes Waki's lexicons in a local network, where no DNS can name it: servers are told its handle.

import { AUTHORITY } from '../../lexicons/authority.ts'
import { publishLexicons } from '../publish-lexicons.ts'
import { createAccount } from '../xrpc-client.ts'
import { addLogins } from './folder.ts'
import { newPassword } from './password.ts'

export const lexiconHandle = (domain: string): string => `lexicons${domain}`

/** The setting that tells a server who publishes our lexicons. */
export const lexiconAuthorities = (domain: string): string => JSON.stringify({ [AUTHORITY]: lexiconHandle(domain) })

export const createLexiconAccount = async (dir: string, pds: string, domain: string): Promise<void> => {
  const handle = lexiconHandle(domain)
  const password = newPassword()
  const session = await createAccount(pds, { handle, email: `lexicons@${handle}`, password })
  addLogins(dir, [{ handle, did: session.did, pds, password, what: `publisher of the lexicons of ${AUTHORITY}` }])
  await publishLexicons(session)
}
