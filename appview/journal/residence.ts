// Where a person belongs on a day, from the admissions of the towns. Spans stand in time order and never overlap backwards: each takes effect on
// or after the one before it.

import type { AdmissionsDoc, HostsDoc, Span } from './documents.ts'

/** The municipality of residence on a civil date; undefined when not admitted then. */
export const scopeOn = (doc: AdmissionsDoc | null, date: string): string | undefined => {
  const span = doc?.spans.findLast(({ from }) => from <= date)
  return span !== undefined && (span.until === null || span.until >= date) ? span.code : undefined
}

/** The same, and after the last day of a span still that span's: balances stay where they were. */
export const bookScopeOn = (doc: AdmissionsDoc | null, date: string): string | undefined =>
  doc?.spans.findLast(({ from }) => from <= date)?.code

/** Whether a town has admitted the person and not ended it before the day. */
export const isAdmitted = (doc: AdmissionsDoc | null, day: string): boolean => {
  const last = doc?.spans.at(-1)
  return last !== undefined && (last.until === null || last.until >= day)
}

export type Move = { readonly from: string; readonly to: string; readonly date: string }

/** The changes of municipality that take effect after a date. */
export const movesAfter = (doc: AdmissionsDoc | null, date: string): readonly Move[] => {
  const spans: readonly Span[] = doc?.spans ?? []
  const last = spans.at(-1)
  if (last === undefined || last.from <= date || spans.length === 1) return []
  return spans.flatMap((span, index) => {
    const before = spans[index - 1]
    if (before === undefined || span.from <= date || before.code === span.code) return []
    return [{ from: before.code, to: span.code, date: span.from }]
  })
}

/** Whether a body is registered as host on a civil date. */
export const isHostOn = (doc: HostsDoc | null, date: string): boolean =>
  doc !== null && doc.registrations.some(({ from, to }) => from <= date && (to === null || to >= date))

/** P: a person, O: a body that some town has registered as host. */
export const entityOf = (did: string, hosts: HostsDoc | null): string => (hosts === null ? `P:${did}` : `O:${did}`)
