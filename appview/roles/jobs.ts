// The role that does what is done after the fact: sends what the towns publish, does their long work. One process at a time does it; the others leave it
// to that one, and find what is to be done in the store.

import { openJobs as openLongWork } from '../jobs/open-jobs.ts'
import { createSafeFetch } from '../../server/safe-fetch.ts'
import { openDeliverer } from '../notify/deliver.ts'
import { HOOK_ANSWER_MAX_BYTES, HOOK_TIMEOUT_MS } from '../notify/limits.ts'
import { openNotifier } from '../notify/notifier.ts'
import { openCaughtUp } from '../publish/caught-up.ts'
import { openErasedAdmissions } from '../publish/erased-admissions.ts'
import { showWaiting } from '../publish/figures.ts'
import { openOutbox } from '../publish/outbox.ts'
import type { Outbox } from '../publish/outbox.ts'
import type { PublishAccounts } from '../publish/publish-file.ts'
import type { Office } from './office.ts'
import { SENT_PATIENCE_MS, SENT_STEP_MS } from './limits.ts'
import type { Standing } from './standing.ts'
import type { People } from './people.ts'
import { openPost } from './post.ts'
import type { Duty } from './post.ts'
import { JOBS, postOf } from './surroundings.ts'
import type { Surroundings } from './surroundings.ts'

/** How deeds have their records sent, by this process or another. */
export type Sending = Pick<Outbox, 'flush' | 'wake'>

export type Jobs = Sending & {
  /** Whether it is this process that does them. */
  isHeld(): boolean
  close(): Promise<void>
}

/** For processes without the role. */
export const leaveToOthers = (around: Surroundings): Jobs => ({
  flush: () => untilSent(around),
  wake: () => {},
  isHeld: () => false,
  close: async () => {},
})

export type JobsDeps = { readonly people: People; readonly accounts: PublishAccounts; readonly standing: Standing; readonly office: Office }

export const openJobs = async (around: Surroundings, deps: JobsDeps): Promise<Jobs> => {
  const post = await openPost(postOf(around, JOBS, async () => beginJobs(around, deps)))
  return {
    flush: () => post.duty()?.outbox.flush() ?? untilSent(around),
    wake: () => post.duty()?.outbox.wake(),
    isHeld: () => post.duty() !== null,
    close: () => post.close(),
  }
}

type Sender = Duty & { readonly outbox: Outbox }

const beginJobs = (
  { config, store, clock, log, metrics }: Surroundings,
  { people: { fetch, hookKeys }, accounts, standing, office }: JobsDeps,
): Sender => {
  const isCaughtUp = openCaughtUp(store.books, office.closing.askLog)
  const outbox = openOutbox({ ...store, accounts, fetch, clock, log, isCaughtUp })
  const waiting = showWaiting(store.work, clock, metrics)
  const notifier = openNotifier({ store, roster: standing.roster, clock, log })
  const safeFetch = createSafeFetch({
    allowLoopback: config.allowLoopback ?? false,
    maxBytes: HOOK_ANSWER_MAX_BYTES,
    timeoutMs: HOOK_TIMEOUT_MS,
  })
  const deliverer = openDeliverer({ work: store.work, keys: hookKeys, fetch: safeFetch, clock, log })
  const areBooksFit = async (): Promise<boolean> => (await standing.look()) === 'fit'
  const longWork = openLongWork({ ...office, store, dataDir: config.dataDir, roster: standing.roster, accounts, clock, log, areBooksFit })
  const erased = openErasedAdmissions({ store, roster: standing.roster, accounts, clock, log, areBooksFit, wake: () => outbox.wake() })
  return {
    outbox,
    told: () => '',
    // What is sent has its key beforehand: twice is once.
    fenced: new Promise(() => {}),
    close: async () => {
      await deliverer.close()
      await notifier.close()
      await longWork.close()
      await erased.close()
      await outbox.close()
      waiting[Symbol.dispose]()
    },
  }
}

/** Another process sends: waits a while until nothing is left that could be sent now. What was tried already waits for another time, and what is behind it. */
const untilSent = async ({ store: { work }, clock }: Surroundings): Promise<void> => {
  const until = clock.monotonicMs() + SENT_PATIENCE_MS
  while (clock.monotonicMs() < until && (await work.unsent()).some(({ attempts }) => attempts === 0)) await clock.sleep(SENT_STEP_MS)
}
