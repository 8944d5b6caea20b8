// Municipalities that become part of another: which code stands for which on a day, and the books that follow it. From its first day on admissions of
// the old municipality are the new one's, its pool is part of the new pool, and the new one speaks for it.

import type { AdmissionsDoc, Merger, MergersDoc, Span } from './documents.ts'
import type { Draft } from './draft.ts'

const NONE: readonly Merger[] = []

/** In the order in which they took effect. */
export const mergersOf = (draft: Draft): readonly Merger[] => draft.get('mergers', 'all')?.mergers ?? NONE

/** Those that are known at a position: leaves ≤ leaf, what falls due ≤ instant. */
export const mergersKnownAt = (doc: MergersDoc | null, known: { readonly leaf: number; readonly instant: string }): readonly Merger[] =>
  (doc?.mergers ?? NONE).filter(({ leaf, at }) => (leaf === null ? at <= known.instant : leaf <= known.leaf))

/** The municipality that a code stands for on a civil date. */
export const successorOn = (mergers: readonly Merger[], code: string, date: string): string =>
  mergers.reduce((current, { from, into, on }) => (from === current && on <= date ? into : current), code)

/** Who speaks for a municipality, one after the other: itself, then what it has become; `since`: the merger from which on, null from the first. */
export const voicesOf = (mergers: readonly Merger[], code: string): readonly { readonly code: string; readonly since: Merger | null }[] => {
  const voices: { readonly code: string; readonly since: Merger | null }[] = [{ code, since: null }]
  for (const merger of mergers) if (merger.from === voices.at(-1)?.code) voices.push({ code: merger.into, since: merger })
  return voices
}

/** A municipality and what has become part of it by a civil date. */
export const codesWithin = (mergers: readonly Merger[], code: string, date: string): readonly string[] => [
  code,
  ...mergers.flatMap(({ from }) => (from !== code && successorOn(mergers, from, date) === code ? [from] : [])),
]

/** What carries on what is booked in a scope on a date: the mergers on that day or after it, each from where the one before led. */
export const mergersFrom = (mergers: readonly Merger[], scope: string, date: string): readonly Merger[] => {
  const carrying: Merger[] = []
  for (const merger of mergers) if (merger.from === (carrying.at(-1)?.into ?? scope) && merger.on >= date) carrying.push(merger)
  return carrying
}

/** The key of an entity in another scope: pools and municipalities are each of their own, everybody else stays who they are. */
export const entityIn = (entity: string, scope: string): string => {
  if (entity.startsWith('M:')) return `M:${scope}`
  if (!entity.startsWith('X:')) return entity
  const slot = entity.indexOf('#')
  return slot < 0 ? `X:${scope}` : `X:${scope}${entity.slice(slot)}`
}

/** Where a person belongs, with the mergers of their municipalities: null when no town has ever admitted them. */
export const residenceOf = (draft: Draft, did: string): AdmissionsDoc | null => {
  const doc = draft.get('admissions', did)
  const mergers = mergersOf(draft)
  return doc === null || mergers.length === 0 ? doc : throughMergers(doc, mergers)
}

/** Admissions as stays: each in the municipality that its code stands for, anew from the first day of every merger within it. */
export const throughMergers = ({ kind, spans }: AdmissionsDoc, mergers: readonly Merger[]): AdmissionsDoc => ({
  kind,
  spans: spans.flatMap((span, index) => staysOf(span, spans[index + 1], mergers)),
})

const staysOf = (span: Span, next: Span | undefined, mergers: readonly Merger[]): readonly Span[] => {
  const stays = [{ ...span, code: successorOn(mergers, span.code, span.from) }]
  for (const { from, into, on } of mergers)
    if (from === stays.at(-1)?.code && on > span.from && (next === undefined || on < next.from))
      stays.push({ ...span, code: into, from: on })
  return stays
}
