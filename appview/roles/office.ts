// The office of the towns and the questions everybody may ask: what pages, methods and jobs answer from.

import { createAccess } from '../auth/access.ts'
import { askLogOf } from '../close/gaps.ts'
import { openJobDesk } from '../jobs/open-jobs.ts'
import { openDesks } from '../desk/office.ts'
import { createDeskHooks, createHooks } from '../notify/set-hook.ts'
import { createNotices } from '../notify/read-notices.ts'
import { openConfirm } from '../confirm/open-confirm.ts'
import { askStatusOf } from '../desk/account-status.ts'
import { createDesk } from '../desk/desk.ts'
import type { PublishAccounts } from '../publish/publish-file.ts'
import { createQueries } from '../queries/queries.ts'
import type { Sending } from './jobs.ts'
import type { People } from './people.ts'
import type { Standing } from './standing.ts'
import type { Surroundings } from './surroundings.ts'

export type Office = ReturnType<typeof openOffice>

export type OfficeDeps = {
  readonly people: People
  readonly accounts: PublishAccounts
  readonly standing: Standing
  readonly sending: Sending
}

export const openOffice = ({ config, clock, store }: Surroundings, { people, accounts, standing, sending }: OfficeDeps) => {
  const { relayUrl } = config
  const { fetch, keep } = people
  const { books, desk } = store
  const { roster, follow } = standing
  const desks = createDesk({ books, desk, roster, accounts, clock, askStatus: askStatusOf(fetch, relayUrl), flush: () => sending.wake() })
  const worksAt = async (town: string, did: string): Promise<boolean> => (await desks.held({ did, town })).length > 0
  const access = createAccess({ books, roster, worksAt })
  const queries = createQueries({ books, access, clock, roster, follow, relayUrl, fetch })
  const canPublish = async (repo: string): Promise<boolean> => (await accounts.get(repo)) !== undefined
  const closing = { ...store, roster, clock, canPublish, askLog: askLogOf(fetch, relayUrl), flush: () => sending.flush() }
  const jobs = openJobDesk({ store, dataDir: config.dataDir, roster, accounts, clock })
  const notices = createNotices({ work: store.work, books })
  const hooks = createHooks({ work: store.work, keys: people.hookKeys, clock, allowLoopback: config.allowLoopback ?? false })
  const deskHooks = createDeskHooks(hooks, openDesks({ books, desk, roster, accounts, clock, flush: () => {} }))
  return {
    desks,
    jobs,
    notices,
    hooks,
    deskHooks,
    queries,
    closing,
    confirming: openConfirm({ ...closing, keep }),
    dataDir: config.dataDir,
  }
}
