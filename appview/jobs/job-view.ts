// A job as the desk sees it.

import type { Reason } from '../desk/outcome.ts'
import type { DeskRefusal } from '../desk/refusals.ts'
import { fieldsOf } from '../journal/fields.ts'
import type { Json } from '../journal/model.ts'
import type { Job } from '../store/jobs.ts'

/** What a job has made to be taken away. */
export type JobFile = {
  readonly name: string
  readonly type: string
  readonly bytes: number
  readonly sha256: string
  readonly until: string
}

export type JobView = Omit<Job, 'holder' | 'beatMs' | 'version' | 'reasons'> & {
  readonly reasons: readonly Reason[]
  readonly file: JobFile | null
}

export const jobView = ({ holder: _holder, beatMs: _beat, version: _version, ...job }: Job): JobView => ({
  ...job,
  reasons: reasonsOf(job.reasons),
  file: fileOf(job.result),
})

export const reasonsOf = (reasons: Json): readonly Reason[] =>
  Array.isArray(reasons)
    ? reasons.map((one: Json) => {
        const { code, line, about } = fieldsOf(one) ?? {}
        return {
          code: (typeof code === 'string' ? code : '') as DeskRefusal,
          line: typeof line === 'number' ? line : null,
          about: typeof about === 'string' ? about : null,
        }
      })
    : []

const fileOf = (result: Json): JobFile | null => {
  const { name, type, bytes, sha256, until } = fieldsOf(fieldsOf(result)?.['file'] ?? null) ?? {}
  if (typeof name !== 'string' || typeof type !== 'string' || typeof sha256 !== 'string' || typeof until !== 'string') return null
  return { name, type, bytes: Number(bytes), sha256, until }
}
