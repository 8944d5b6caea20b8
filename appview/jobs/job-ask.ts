// What a job is asked to do, by kind: fields of a form or a method, checked, and put so that the same wish is the same text.

import { isYear } from '../close/close-year.ts'
import { done, refused } from '../desk/outcome.ts'
import type { Outcome } from '../desk/outcome.ts'
import { isMonth } from '../journal/calendar.ts'
import type { Json } from '../journal/model.ts'
import { JOB_KINDS } from '../store/jobs.ts'
import type { JobKind } from '../store/jobs.ts'

/** As it comes: all that any kind knows. */
export type JobInput = {
  readonly kind: string
  readonly fiscalYear?: number
  readonly despite?: readonly string[]
  readonly reason?: string
  readonly rateTable?: string
  readonly correct?: boolean
  readonly month?: string
  readonly what?: string
  readonly format?: string
}

export const EXPORT_FORMATS = ['pdf', 'xlsx', 'csv'] as const
export type ExportedAs = (typeof EXPORT_FORMATS)[number]

export type JobAsk =
  | { readonly kind: 'close'; readonly fiscalYear: number; readonly despite: readonly string[] }
  | {
      readonly kind: 'restate'
      readonly fiscalYear: number
      readonly reason: string
      readonly rateTable?: string
      readonly correct: boolean
    }
  | { readonly kind: 'auditSample'; readonly month: string }
  | { readonly kind: 'rebuild' }
  | { readonly kind: 'export'; readonly what: 'intake' }
  | { readonly kind: 'export'; readonly what: 'statements'; readonly fiscalYear: number; readonly format: ExportedAs }

const isKind = (text: string): text is JobKind => JOB_KINDS.some((kind) => kind === text)

export const kindOf = ({ kind }: JobInput): Outcome<JobKind> => (isKind(kind) ? done(kind) : refused('job.kind-unknown', kind))

/** Refused: a field that the kind needs is missing or impossible. */
export const parseAsk = (kind: JobKind, input: JobInput): Outcome<JobAsk> => {
  const { fiscalYear = 0, despite = [], reason = '', rateTable, correct = false, month = '' } = input
  switch (kind) {
    case 'close':
      return isYear(fiscalYear) ? done({ kind, fiscalYear, despite: despite.toSorted() }) : refused('close.year-invalid')
    case 'restate':
      if (!isYear(fiscalYear)) return refused('close.year-invalid')
      return done({ kind, fiscalYear, reason, correct, ...(rateTable === undefined || rateTable === '' ? {} : { rateTable }) })
    case 'auditSample':
      return isMonth(month) ? done({ kind, month }) : refused('job.month-invalid')
    case 'rebuild':
      return done({ kind })
    case 'export':
      return parseExport(input)
  }
}

const parseExport = ({ what = 'intake', format = 'pdf', fiscalYear = 0 }: JobInput): Outcome<JobAsk> => {
  if (what === 'intake') return done({ kind: 'export', what })
  const as = EXPORT_FORMATS.find((one) => one === format)
  if (what !== 'statements' || as === undefined) return refused('job.export-unknown', `${what} ${format}`)
  return isYear(fiscalYear) ? done({ kind: 'export', what, fiscalYear, format: as }) : refused('close.year-invalid')
}

/** As it is kept. */
export const askToKeep = ({ kind: _kind, ...ask }: JobAsk): Json => ask

/** As it was kept: whoever kept it had checked it. */
export const keptAsk = (kind: JobKind, ask: Json): JobAsk => ({ kind, ...(ask as object) }) as JobAsk

/** What the trail says it is on. */
export const subjectOf = (ask: JobAsk): string => {
  switch (ask.kind) {
    case 'close':
    case 'restate':
      return String(ask.fiscalYear)
    case 'auditSample':
      return ask.month
    case 'rebuild':
      return 'books'
    case 'export':
      return ask.what === 'intake' ? ask.what : `${ask.what} ${ask.fiscalYear} ${ask.format}`
  }
}
