// A file a job has made, as its result tells of it.

import type { Clock } from '../../server/clock.ts'
import type { MadeFile } from './files.ts'
import { JOB_FILES_KEPT_MS } from './limits.ts'

export const fileKept = (clock: Clock, name: string, type: string, { bytes, sha256 }: MadeFile) => ({
  name,
  type,
  bytes,
  sha256,
  until: new Date(clock.realMs() + JOB_FILES_KEPT_MS).toISOString(),
})
