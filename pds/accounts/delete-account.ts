// An account is deleted for good: its repo, blobs, sessions, keys and what the log kept of it go; one last event says that it is deleted. Its DID is the
// holder's and stays in the directory. All of it is one transaction; the blobs' files go after it.

import type { Did } from '../../atproto/did.ts'
import type { Log } from '../../server/log.ts'
import type { Database } from '../../server/sqlite.ts'
import type { Blobs } from '../blobs/blobs.ts'
import type { EndGrants } from '../oauth/end-grants.ts'
import type { Repos } from '../repo/repos.ts'
import type { Sequencer } from '../sequencer.ts'
import type { Accounts } from './accounts.ts'

export type DeleteAccountDeps = {
  readonly db: Database
  readonly accounts: Accounts
  readonly repos: Repos
  readonly blobs: Blobs
  readonly sequencer: Sequencer
  readonly endGrants: EndGrants
  readonly log: Log
}

/** Asserts that the account is here. */
export type DeleteAccount = (did: Did) => void

const DELETED = 'deleted'

export const createDeleteAccount = ({ db, accounts, repos, blobs, sequencer, endGrants, log }: DeleteAccountDeps): DeleteAccount => {
  const forgetReserved = db.prepare<[string]>('DELETE FROM reserved_key WHERE did = ?')
  return (did) => {
    const repo = db
      .transaction(() => {
        const head = repos.head(did)
        repos.remove(did)
        endGrants(did)
        forgetReserved.run(did)
        accounts.remove(did)
        // The newest event stays, so that no seq is given twice.
        sequencer.forget(did, sequencer.account(did, false, DELETED))
        return head?.id
      })
      .immediate()
    sequencer.published()
    if (repo !== undefined) blobs.removeFiles(repo)
    log.info('account.deleted', { did })
  }
}
