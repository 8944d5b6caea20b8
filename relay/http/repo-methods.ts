// listRepos, getRepoStatus, getLatestCommit from what the relay holds of accounts; getRepo and getRecord send the caller on to the account's host.

import type { Did } from '../../atproto/did.ts'
import { XrpcError } from '../../server/xrpc-error.ts'
import { method } from '../../server/xrpc.ts'
import type { Answer, Methods, Params } from '../../server/xrpc.ts'
import type { HostTable } from '../hosts/host-table.ts'
import type { Account, AccountTable } from '../ingest/account-table.ts'
import { positionOf } from './host-methods.ts'

/** Error names of accounts that are not active; any other status answers like a deactivated one. */
const INACTIVE: Readonly<Record<string, string>> = {
  takendown: 'RepoTakendown',
  suspended: 'RepoSuspended',
  deactivated: 'RepoDeactivated',
}

export const repoMethods = (accounts: AccountTable, hosts: HostTable): Methods => {
  const known = (did: Did): Account => {
    const account = accounts.get(did)
    if (account === undefined) throw new XrpcError(404, 'RepoNotFound', 'This relay knows no such repository')
    return account
  }
  const active = (did: Did): Account => {
    const account = known(did)
    if (!account.isActive)
      throw new XrpcError(400, INACTIVE[account.status ?? ''] ?? 'RepoDeactivated', `The account is ${account.status ?? 'inactive'}`)
    return account
  }
  const sendOn = (nsid: string) =>
    method({
      handle: ({ params }: { params: Params & { did: Did } }): Answer => {
        const host = hosts.byId(active(params.did).hostId)
        const query = new URLSearchParams()
        for (const [name, value] of Object.entries(params)) if (typeof value === 'string') query.set(name, value)
        return { status: 302, headers: { location: `${host.url}/xrpc/${nsid}?${query.toString()}` } }
      },
    })
  return {
    'com.atproto.sync.listRepos': method({
      handle: ({ params }: { params: { limit: number; cursor?: string } }) => {
        const page = accounts.page(positionOf(params.cursor), params.limit)
        const last = page.length === params.limit ? page.at(-1) : undefined
        return {
          json: { repos: page.map(({ account }) => rowOf(account)), ...(last === undefined ? {} : { cursor: String(last.position) }) },
        }
      },
    }),
    'com.atproto.sync.getRepoStatus': method({
      handle: ({ params }: { params: { did: Did } }) => {
        const account = known(params.did)
        return { json: { did: account.did, ...statusOf(account), ...(account.isActive && account.head ? { rev: account.head.rev } : {}) } }
      },
    }),
    'com.atproto.sync.getLatestCommit': method({
      handle: ({ params }: { params: { did: Did } }) => {
        const { head } = active(params.did)
        if (head === null) throw new XrpcError(404, 'RepoNotFound', 'No commit of this repository has come yet')
        return { json: { cid: head.commitCid.toString(), rev: head.rev } }
      },
    }),
    'com.atproto.sync.getRepo': sendOn('com.atproto.sync.getRepo'),
    'com.atproto.sync.getRecord': sendOn('com.atproto.sync.getRecord'),
  }
}

const rowOf = (account: Account) => ({
  did: account.did,
  head: account.head?.commitCid.toString(),
  rev: account.head?.rev,
  ...statusOf(account),
})

const statusOf = ({ isActive, status, isDesynchronized }: Account) => {
  const said = status ?? (isActive && isDesynchronized ? 'desynchronized' : undefined)
  return { active: isActive, ...(said === undefined ? {} : { status: said }) }
}
