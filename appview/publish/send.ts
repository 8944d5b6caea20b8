// Records sent to the PDS of a repo, as the account of that repo, under the token it has.

import { PDS_TIMEOUT_MS } from '../auth/limits.ts'
import { PdsRefused, answerOf, callPds, neededText } from '../auth/pds-call.ts'
import type { Fields } from '../auth/pds-call.ts'
import type { OutboxRow } from '../store/work.ts'
import type { PublishAccount, PublishAccounts } from './publish-file.ts'
import { cidOf } from './judge.ts'

/** As the outbox says why a record failed. */
export const SUPERSEDED = 'superseded: another word has come meanwhile'

/** What was to be written over is not what stands there: another word is newer. */
export class Superseded extends Error {
  override readonly name = 'Superseded'
}

export type Sender = {
  /** Resolves to the CID of what stands there then, null where nothing does or it is not said. Throws Superseded, PdsRefused, or the socket's error. */
  send(row: OutboxRow, replaces: string | null): Promise<string | null>
  /** All of one repo, created in one commit. Resolves to their CIDs. */
  sendTogether(repo: string, rows: readonly OutboxRow[]): Promise<readonly (string | null)[]>
}

export type SenderDeps = { readonly accounts: PublishAccounts; readonly fetch: typeof fetch }

export const openSender = (deps: SenderDeps): Sender => {
  const tokens = new Map<string, string>()
  /** After a failure one signs in anew. */
  const withToken = async <T>(repo: string, work: (call: Call, pds: string) => Promise<T>): Promise<T> => {
    const account = await deps.accounts.get(repo)
    if (account === undefined) throw new Error(`PUBLISH_FILE has no account for ${repo}`)
    try {
      const token = tokens.get(repo) ?? (await signIn(deps.fetch, account))
      tokens.set(repo, token)
      return await work((method, input) => callPds(deps.fetch, account.pds, method, input, token), account.pds)
    } catch (error) {
      tokens.delete(repo)
      throw error
    }
  }
  return {
    send: (row, replaces) =>
      withToken(row.repo, async (call, pds) => {
        try {
          return await write(call, row, replaces)
        } catch (error) {
          if (isThereAlready(row, error)) return null
          if (!(error instanceof PdsRefused) || error.error !== 'InvalidSwap') throw error
          return await ownAt(deps.fetch, pds, row)
        }
      }),
    sendTogether: (repo, rows) =>
      withToken(repo, async (call) => {
        const $type = 'com.atproto.repo.applyWrites#create'
        const writes = rows.map(({ collection, rkey, record }) => ({ $type, collection, rkey, value: record }))
        const { results } = await call('com.atproto.repo.applyWrites', { repo, writes })
        return rows.map((_, index) => cidAt(results, index))
      }),
  }
}

type Call = (method: string, input: Fields) => Promise<Fields>

const signIn = async (get: typeof fetch, { pds, identifier, appPassword }: PublishAccount): Promise<string> =>
  neededText(await callPds(get, pds, 'com.atproto.server.createSession', { identifier, password: appPassword }, null), 'accessJwt')

const write = async (call: Call, { verb, repo, collection, rkey, record }: OutboxRow, replaces: string | null): Promise<string | null> => {
  if (verb === 'delete') {
    await call('com.atproto.repo.deleteRecord', { repo, collection, rkey })
    return null
  }
  if (verb === 'create') return neededText(await call('com.atproto.repo.createRecord', { repo, collection, rkey, record }), 'cid')
  const swap = replaces === null ? {} : { swapRecord: replaces }
  return neededText(await call('com.atproto.repo.putRecord', { repo, collection, rkey, record, ...swap }), 'cid')
}

/** The key was its own from the beginning: what stands there is it, and what does not is gone. */
const isThereAlready = ({ verb }: OutboxRow, error: unknown): boolean =>
  error instanceof PdsRefused && error.error === (verb === 'delete' ? 'RecordNotFound' : verb === 'create' ? 'RecordAlreadyExists' : '')

/** It stands there where the answer to an earlier try was lost. */
const ownAt = async (get: typeof fetch, pds: string, row: OutboxRow): Promise<string> => {
  const own = cidOf(row)
  if ((await standingAt(get, pds, row)) !== own) throw new Superseded(SUPERSEDED)
  return own
}

const standingAt = async (get: typeof fetch, pds: string, { repo, collection, rkey }: OutboxRow): Promise<string | null> => {
  const method = 'com.atproto.repo.getRecord'
  const asked = new URLSearchParams({ repo, collection, rkey })
  try {
    const response = await get(new URL(`/xrpc/${method}?${asked.toString()}`, pds), { signal: AbortSignal.timeout(PDS_TIMEOUT_MS) })
    return neededText(await answerOf(method, response), 'cid')
  } catch (error) {
    if (error instanceof PdsRefused && error.error === 'RecordNotFound') return null
    throw error
  }
}

const cidAt = (results: unknown, index: number): string | null => {
  const result: unknown = Array.isArray(results) ? results[index] : undefined
  return typeof result === 'object' && result !== null && 'cid' in result && typeof result.cid === 'string' ? result.cid : null
}
