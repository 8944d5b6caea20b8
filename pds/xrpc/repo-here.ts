// Finds the repo a request names and says why it may not be read: not here, taken down, deactivated. One place for these errors' names.

import { XrpcError } from '../../server/xrpc-error.ts'
import type { Account, Accounts } from '../accounts/accounts.ts'
import type { Head } from '../repo/heads.ts'
import type { Repos } from '../repo/repos.ts'

export type Here = { readonly accounts: Accounts; readonly repos: Repos }
export type ReadableRepo = { readonly account: Account; readonly head: Head }

/** An active account's repo, by DID or handle. Throws XrpcError 400 RepoNotFound, RepoTakendown, RepoDeactivated. */
export const readableRepo = (here: Here, identifier: string): ReadableRepo => {
  const repo = repoHere(here, identifier)
  switch (repo.account.status) {
    case 'active':
      return repo
    case 'takendown':
      throw new XrpcError(400, 'RepoTakendown', `Repo has been takendown: ${repo.account.did}`)
    case 'deactivated':
      throw new XrpcError(400, 'RepoDeactivated', `Repo has been deactivated: ${repo.account.did}`)
  }
}

/** Whatever its account's status. Throws XrpcError 400 RepoNotFound. */
export const repoHere = ({ accounts, repos }: Here, identifier: string): ReadableRepo => {
  const account = accounts.resolve(identifier)
  const head = account && repos.head(account.did)
  if (account === undefined || head === undefined) throw new XrpcError(400, 'RepoNotFound', `Could not find repo: ${identifier}`)
  return { account, head }
}
