// The addresses of the pages. Everything a page shows comes from the queries, everything it writes goes through the person's own PDS.

import express from 'express'
import type { Router } from 'express'
import type { IdentityCache } from '../../../atproto/identity-cache.ts'
import type { Clock } from '../../../server/clock.ts'
import type { Log } from '../../../server/log.ts'
import type { LocalSignIn } from '../../auth/local-sign-in.ts'
import type { ResidentWrites } from '../../auth/resident-writes.ts'
import type { Queries } from '../../queries/queries.ts'

export type PagesDeps = {
  readonly queries: Queries
  readonly signIn: LocalSignIn
  readonly writes: ResidentWrites
  readonly identities: IdentityCache
  readonly clock: Clock
  readonly log: Log
  /** The appview's public address. */
  readonly url: string
  /** Whether the books follow a demo/ log. */
  readonly isDemo: () => Promise<boolean>
}

export const pagesRouter = (_deps: PagesDeps): Router => express.Router()
