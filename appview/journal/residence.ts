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

/** The admission by which somebody belongs to a town on a day, whether it holds or has ended: the last that has begun, else the first that will. */
export const spanOn = (spans: readonly Span[], day: string): Span | undefined => spans.findLast(({ from }) => from <= day) ?? spans[0]

/** Whether an admission of the person holds on a day: it has begun, and not ended before. */
export const isAdmitted = (doc: AdmissionsDoc | null, day: string): boolean => scopeOn(doc, day) !== undefined

export type Move = { readonly from: string; readonly to: string; readonly date: string }

/**
 * The moves that carry on what is booked for a person in a scope on a date: those after it; and those of the same day where it was booked in the
 * old scope before the move was known.
 */
export const movesFrom = (doc: AdmissionsDoc | null, scope: string, date: string): readonly Move[] => {
  const spans: readonly Span[] = doc?.spans ?? []
  const last = spans.at(-1)
  if (last === undefined || last.from < date || spans.length === 1) return []
  const isOfThatDay = bookScopeOn(doc, date) === scope
  const moves: Move[] = []
  let current = scope
  for (const span of spans.slice(1)) {
    const before = spans[spans.indexOf(span) - 1]
    if (span.from < date || (isOfThatDay && span.from === date) || before?.code !== current || before.code === span.code) continue
    moves.push({ from: current, to: span.code, date: span.from })
    current = span.code
  }
  return moves
}

/** Whether a body is registered as host on a civil date, by any municipality or by this one. */
export const isHostOn = (doc: HostsDoc | null, date: string, by?: string): boolean =>
  doc !== null && doc.registrations.some(({ from, to, code }) => from <= date && (to === null || to >= date) && (by ?? code) === code)

/** P: a person, O: a body that some town has registered as host. */
export const entityOf = (did: string, hosts: HostsDoc | null): string => (hosts === null ? `P:${did}` : `O:${did}`)
