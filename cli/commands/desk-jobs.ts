// Long work at the desk, as typed: the list, one job, asking for one and waiting for its end, taking back, trying again, taking away what it made.

import { CommandRefused, required, text, type Arguments } from '../command.ts'
import { systemClock } from '../../server/clock.ts'
import type { Desk, Fields } from '../network/desk-call.ts'
import { XrpcRefused } from '../xrpc-client.ts'
import type { Deed } from './desk-deed.ts'
import { told, toldList } from './desk-told.ts'

const LOOK_EVERY_MS = 500
const YEAR = /^\d{4}$/

const optional = (args: Arguments, ...names: readonly string[]): Fields =>
  Object.fromEntries(names.flatMap((name) => (text(args, name) === undefined ? [] : [[name, text(args, name)] as const])))

const yearIn = (args: Arguments): Fields => {
  const year = text(args, 'year')
  if (year !== undefined && !YEAR.test(year)) throw new CommandRefused(`--year ${year} is no fiscal year; for example --year 2026`)
  return year === undefined ? {} : { fiscalYear: Number(year) }
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null

const toldJob = (job: Fields): string => {
  const { progress, reasons, file, result } = job
  const far =
    isFields(progress) && Number(progress['total']) > 0
      ? ` (${String(progress['done'])} of ${String(progress['total'])} ${String(progress['what'])})`
      : ''
  const head = `${String(job['kind'])} ${String(job['id'])}: ${String(job['state'])}${job['state'] === 'running' ? far : ''}`
  const why = Array.isArray(reasons)
    ? reasons.filter(isFields).map(({ code, en, ja }) => `  ${String(code)}: ${String(en)} ${String(ja)}`)
    : []
  const made = isFields(file) ? [`Take it: npx waki desk jobs take --id ${String(job['id'])} --out ${String(file['name'])}`] : []
  return [head, ...why, ...(isFields(result) && made.length === 0 ? [told(result)] : []), ...made].join('\n')
}

/** While the books are rebuilt nothing is answered. */
const unlessFolding = (error: unknown): null => {
  if (error instanceof XrpcRefused && error.code === 'BooksNotReady') return null
  throw error
}

/** Waits for the end, and says on the way how far it is. */
const untilEnded = async (desk: Desk, id: string): Promise<Fields> => {
  const clock = systemClock()
  for (let said = ''; ; await clock.sleep(LOOK_EVERY_MS)) {
    const job = await desk.ask('getJob', { id }).catch(unlessFolding)
    if (job === null) continue
    if (job['state'] !== 'waiting' && job['state'] !== 'running') return job
    const now = toldJob(job)
    if (now !== said) process.stderr.write(`${now}\n`)
    said = now
  }
}

const idIn = (args: Arguments): string => required(args, 'id', '3m…')

export const jobDeeds: Readonly<Record<string, Deed>> = {
  'jobs show': { usage: '--id ID', run: async (desk, args) => toldJob(await desk.ask('getJob', { id: idIn(args) })) },
  'jobs start': {
    usage: '--kind auditSample|export|rebuild|close [--month YYYY-MM] [--what intake|statements] [--year YYYY] [--format pdf|xlsx|csv]',
    run: async (desk, args) => {
      const asked = { kind: required(args, 'kind', 'export'), ...optional(args, 'month', 'what', 'format'), ...yearIn(args) }
      return toldJob(await untilEnded(desk, String((await desk.ask('startJob', asked))['id'])))
    },
  },
  'jobs cancel': { usage: '--id ID', run: async (desk, args) => toldJob(await desk.ask('cancelJob', { id: idIn(args) })) },
  'jobs retry': {
    usage: '--id ID',
    run: async (desk, args) => toldJob(await untilEnded(desk, String((await desk.ask('retryJob', { id: idIn(args) }))['id']))),
  },
  'jobs take': {
    usage: '--id ID --out FILE',
    run: async (desk, args) => {
      const out = required(args, 'out', 'intake.jsonl.gz')
      await desk.take('getJobFile', { id: idIn(args) }, out)
      return out
    },
  },
  jobs: {
    usage: '[--limit N] [--cursor C]',
    run: async (desk, args) => toldList(await desk.ask('listJobs', optional(args, 'limit', 'cursor'))),
  },
}
