// The audit sample of a month as a job: the acts that were drawn by lot when they were recognised (journal/flags.ts), as a table to be worked through.
// Whoever draws again draws the same.

import { csvFile } from '../export/csv-file.ts'
import { done } from '../desk/outcome.ts'
import { addDays, periodOfMonth } from '../journal/calendar.ts'
import type { ActionDoc } from '../journal/documents.ts'
import type { Json } from '../journal/model.ts'
import { readDoc } from '../queries/deps.ts'
import type { Books } from '../store/store.ts'
import type { JobFiles } from './files.ts'
import { fileKept } from './made-file.ts'
import { keptAsk } from './job-ask.ts'
import type { DoJob } from './kinds.ts'
import type { Clock } from '../../server/clock.ts'

export type SampleDeps = { readonly books: Pick<Books, 'load' | 'intake'>; readonly files: JobFiles; readonly clock: Clock }

const DRAWN = 'audit.sample'
const COLUMNS = [
  'drawn_on',
  'place',
  'uri',
  'performed_on',
  'category',
  'minutes',
  'recognised_minutes',
  'giver',
  'state',
  'confirmations',
  'reviewed',
] as const

export const sampleJob =
  ({ books, files, clock }: SampleDeps): DoJob =>
  async (job, { tell, signal }) => {
    const ask = keptAsk(job.kind, job.ask)
    if (ask.kind !== 'auditSample') throw new Error(`${job.kind} is no sample`)
    const days = daysOf(ask.month)
    const rows: (readonly (string | number | null)[])[] = []
    for (const [index, day] of days.entries()) {
      signal.throwIfAborted()
      for (const place of await drawnOn(books, job.town, day)) rows.push(await rowOf(books, day, place))
      tell({ done: index + 1, total: days.length, what: 'days' })
    }
    const chunks = csvFile(COLUMNS, rows, 'utf-8')
    const made = await files.write(job.town, job.id, chunks, signal)
    const name = `waki-audit-sample-${job.town}-${ask.month}.csv`
    return done({ month: ask.month, drawn: rows.length, file: fileKept(clock, name, 'text/csv; charset=utf-8', made) } satisfies Json)
  }

const daysOf = (month: string): readonly string[] => {
  const { from, through } = periodOfMonth(month)
  const days: string[] = []
  for (let day = from; day <= through; day = addDays(day, 1)) days.push(day)
  return days
}

const drawnOn = async (books: SampleDeps['books'], town: string, day: string): Promise<readonly string[]> =>
  ((await readDoc(books, 'flags', `flags:${town}/${day}`))?.flags ?? []).filter(({ code }) => code === DRAWN).map(({ action }) => action)

const rowOf = async (books: SampleDeps['books'], day: string, place: string): Promise<readonly (string | number | null)[]> => {
  const [leaf = 0, op = 0] = place.split('/').map(Number)
  const [row] = await books.intake({ leaf, op: op - 1 }, 1)
  const uri = row?.leaf === leaf && row.op === op ? row.uri : null
  const action: ActionDoc | null = uri === null ? null : await readDoc(books, 'action', `action:${uri}`)
  if (action === null) return [day, place, uri, null, null, null, null, null, 'withdrawn', null, null]
  const { performedOn, category, minutes, giver, state, recognised, confirmations } = action
  return [day, place, uri, performedOn, category, minutes, recognised?.minutes ?? null, giver, state, confirmations.length, null]
}
