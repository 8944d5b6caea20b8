// Whom a town may not make a host body: whoever belongs to another town is an organisation only once that town has said so, since their acts stand elsewhere
// in the books from then on. The books refuse it, and the desk before it publishes.

import type { AdmissionsDoc, HostRegistration, Merger } from './documents.ts'
import { successorOn, throughMergers } from './mergers.ts'
import { scopeOn } from './residence.ts'

type Known = {
  readonly admissions: AdmissionsDoc | null
  readonly registrations: readonly HostRegistration[]
  readonly mergers: readonly Merger[]
}

/** Whether somebody belongs, on a day, to another town than this code stands for, which has not registered them. */
export const isOthersResident = ({ admissions, registrations, mergers }: Known, code: string, day: string): boolean => {
  const home = admissions === null ? undefined : scopeOn(throughMergers(admissions, mergers), day)
  const isOf = (one: string): boolean => successorOn(mergers, one, day) === home
  return home !== undefined && !isOf(code) && !registrations.some((known) => isOf(known.code))
}
