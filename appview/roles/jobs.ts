// The role that does what is done after the fact: sends what the towns publish. One process at a time does it; the others leave it to that one, and find
// what is to be done in the store.

import { openOutbox } from '../publish/outbox.ts'
import type { Outbox } from '../publish/outbox.ts'
import type { PublishAccounts } from '../publish/publish-file.ts'
import { SENT_PATIENCE_MS, SENT_STEP_MS } from './limits.ts'
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

export const openJobs = async (around: Surroundings, people: People, accounts: PublishAccounts): Promise<Jobs> => {
  const post = await openPost(postOf(around, JOBS, async () => beginJobs(around, people, accounts)))
  return {
    flush: () => post.duty()?.outbox.flush() ?? untilSent(around),
    wake: () => post.duty()?.outbox.wake(),
    isHeld: () => post.duty() !== null,
    close: () => post.close(),
  }
}

type Sender = Duty & { readonly outbox: Outbox }

const beginJobs = ({ store, clock, log }: Surroundings, { fetch }: People, accounts: PublishAccounts): Sender => {
  const outbox = openOutbox({ work: store.work, accounts, fetch, clock, log })
  return {
    outbox,
    told: () => '',
    // What is sent has its key beforehand: twice is once.
    fenced: new Promise(() => {}),
    close: () => outbox.close(),
  }
}

/** Another process sends: waits a while until nothing is left that could be sent now. */
const untilSent = async ({ store, clock }: Surroundings): Promise<void> => {
  const until = clock.monotonicMs() + SENT_PATIENCE_MS
  while (clock.monotonicMs() < until && (await store.work.pending(clock.realMs(), 1)).length > 0) await clock.sleep(SENT_STEP_MS)
}
