// What every session method answers: who is signed in, with which DID document, and whether the account may act.

import type { IdentityCache } from '../../atproto/identity-cache.ts'
import type { Account } from '../accounts/account.ts'
import { didDocumentJson } from '../accounts/did-document-json.ts'

export type AnswerSession = (account: Account) => Promise<object>

/** The document is left out when it cannot be had now: signing in does not wait for the directory's health. */
export const createSessionAnswer =
  (identities: IdentityCache): AnswerSession =>
  async (account) => {
    const identity = await identities.get(account.did).catch(() => undefined)
    return {
      did: account.did,
      handle: account.handle,
      ...(identity === undefined ? {} : { didDoc: didDocumentJson(identity.document) }),
      ...(account.email === null ? {} : { email: account.email, emailConfirmed: false, emailAuthFactor: false }),
      active: account.status === 'active',
      ...(account.status === 'active' ? {} : { status: account.status }),
    }
  }
