// A change of a job whose store failed may be stored all the same: whoever made it looks, before it takes somebody else for the one who did.

import type { Job, JobChange, JobWork } from '../store/jobs.ts'

/** Throws what the store throws where the change is not stored. */
export const changeSurely = async (work: JobWork, next: Job): Promise<JobChange> => {
  try {
    return await work.changeJob(next)
  } catch (error) {
    const stored = await work.job(next.town, next.id)
    if (stored?.version === next.version && stored.holder === next.holder && stored.beatMs === next.beatMs) return 'kept'
    throw error
  }
}
