// As whom the appview publishes: app passwords by repo, from a file only its owner may read.

import { readFile, stat } from 'node:fs/promises'
import { StartError } from '../../server/start-error.ts'

export type PublishAccount = { readonly pds: string; readonly identifier: string; readonly appPassword: string }
/** By the DID of the repo. */
export type PublishAccounts = { get(did: string): Promise<PublishAccount | undefined> | PublishAccount | undefined }

const OTHERS = 0o077

/** Throws StartError with a sentence; values never enter it. No file: nothing is published. */
export const readPublishFile = async (file: string | undefined): Promise<ReadonlyMap<string, PublishAccount>> => {
  if (file === undefined) return new Map()
  try {
    const { mode } = await stat(file)
    if ((mode & OTHERS) !== 0) throw new StartError(`PUBLISH_FILE ${file} can be read by others: make its mode 0600`)
    return parseAccounts(JSON.parse(await readFile(file, 'utf8')))
  } catch (error) {
    if (error instanceof StartError) throw error
    throw new StartError(`PUBLISH_FILE ${file} cannot be used: it must be JSON {did: {pds, identifier, appPassword}}`, { cause: error })
  }
}

/** The accounts of the file as it is now: one that was added while the appview runs is found. Throws like `readPublishFile` at first; later keeps what it had. */
export const openPublishAccounts = async (file: string | undefined): Promise<PublishAccounts> => {
  let accounts = await readPublishFile(file)
  let print = await printOf(file)
  return {
    get: async (did) => {
      const now = await printOf(file)
      if (now !== print) {
        accounts = await readPublishFile(file).catch(() => accounts)
        print = now
      }
      return accounts.get(did)
    },
  }
}

const printOf = async (file: string | undefined): Promise<string> => {
  const found = file === undefined ? undefined : await stat(file).catch(() => undefined)
  return found === undefined ? '' : `${found.ino} ${found.mtimeMs} ${found.size}`
}

const parseAccounts = (value: unknown): ReadonlyMap<string, PublishAccount> => {
  if (typeof value !== 'object' || value === null) throw new Error('not an object')
  return new Map(Object.entries(value).map(([did, account]) => [did, parseAccount(account)]))
}

const parseAccount = (value: unknown): PublishAccount => {
  const { pds, identifier, appPassword } = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
  if (typeof pds !== 'string' || typeof identifier !== 'string' || typeof appPassword !== 'string') throw new Error('not an account')
  return { pds, identifier, appPassword }
}
