// com.atproto.server.{createAppPassword, listAppPasswords, revokeAppPassword}: for the holder of the account, not for app passwords.

import { method, type Call, type Methods, type Params } from '../../server/xrpc.ts'
import type { AppPasswords } from '../auth/app-passwords.ts'
import type { Auth, Caller } from '../auth/caller.ts'
import { noApp } from '../auth/permissions.ts'

export const appPasswordMethods = ({ auth, appPasswords }: { auth: Auth; appPasswords: AppPasswords }): Methods => ({
  'com.atproto.server.createAppPassword': method({
    auth: (req) => auth.holder(req, noApp),
    async handle({ auth: { did }, input: { name, privileged } }: Call<Caller, Params, { name: string; privileged?: boolean }>) {
      return { json: await appPasswords.create(did, name, privileged ?? false) }
    },
  }),
  'com.atproto.server.listAppPasswords': method({
    auth: (req) => auth.holder(req, noApp),
    handle: ({ auth: { did } }: Call<Caller>) => ({ json: { passwords: appPasswords.list(did) } }),
  }),
  'com.atproto.server.revokeAppPassword': method({
    auth: (req) => auth.holder(req, noApp),
    handle: ({ auth: { did }, input: { name } }: Call<Caller, Params, { name: string }>) => appPasswords.revoke(did, name),
  }),
})
