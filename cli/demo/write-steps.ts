// Turns the planned steps of a day into records and writes them, each into the repo of the one who would write it.

import { nsid } from '../../lexicons/authority.ts'
import { nonce } from '../commands/act.ts'
import { createRecord, deleteRecord, putRecord, type Session, type WrittenRecord } from '../xrpc-client.ts'
import type { Cast } from './accounts.ts'
import { hostBodies } from './cast.ts'
import { inParallel } from './in-parallel.ts'
import type { NewestCommits } from './settle.ts'
import type { Act, Confirm, Confirmer, Receiver, Step } from './step.ts'

const CONCURRENCY = 16
const DAY_MS = 86_400_000
const DATE_LENGTH = 10
const CODE_SCHEME = 'jis-x-0402'

export type Today = { readonly instant: string; readonly date: string }
type Written = WrittenRecord & { readonly value: Readonly<Record<string, unknown>>; readonly giver: number }

const dateBefore = (date: string, days: number): string => new Date(Date.parse(date) - days * DAY_MS).toISOString().slice(0, DATE_LENGTH)
const rkeyOf = (uri: string): string => uri.split('/').at(-1) ?? ''

/** Remembers what was written, since a confirmation names the CID of what it confirms. */
export const createStepWriter = (cast: Cast, townCodes: readonly string[], newest: NewestCommits) => {
  const written = new Map<number, Written>()

  const sessionOf = (by: Confirmer): Session | undefined => {
    if ('person' in by) return cast.people[by.person]
    return 'host' in by ? cast.hosts[by.host] : cast.towns[by.town]
  }
  const beneficiary = (receiver: Receiver) =>
    receiver.class === 'unnamed' ? { class: 'unnamed', count: receiver.count ?? 1 } : { class: receiver.class }

  const actRecord = (act: Act, today: Today) => ({
    category: act.category,
    minutes: act.minutes,
    performedOn: dateBefore(today.date, act.daysAgo),
    municipality: { scheme: CODE_SCHEME, code: townCodes[act.town] ?? '' },
    ...(act.beneficiaries.length === 0 ? {} : { beneficiaries: act.beneficiaries.map(beneficiary) }),
    ...(act.hostBody === null || hostBodies[act.hostBody] === undefined ? {} : { hostBody: cast.hosts[act.hostBody]?.did }),
    ...(act.eventId === null ? {} : { eventId: act.eventId }),
    nonce: nonce(),
    createdAt: today.instant,
  })
  const confirmRecord = (step: Confirm, subject: Written, today: Today) => ({
    subject: { uri: subject.uri, cid: subject.cid },
    role: step.role,
    verdict: step.verdict,
    ...(step.minutes === null ? {} : { minutes: step.minutes }),
    ...(step.receivers.length === 0 ? {} : { receivers: step.receivers.map((receiver) => ({ class: receiver.class, weight: 1 })) }),
    ...(step.onBehalf === null ? {} : { onBehalf: step.onBehalf }),
    createdAt: today.instant,
  })

  const write = async (step: Step, today: Today): Promise<void> => {
    if (step.kind === 'act') {
      const giver = cast.people[step.giver]
      if (giver === undefined) return
      const value = actRecord(step, today)
      const made = await createRecord(giver, nsid.action, value)
      written.set(step.id, { ...made, value, giver: step.giver })
      newest.note(giver, made.rev)
      return
    }
    const subject = written.get(step.act)
    if (subject === undefined) return
    if (step.kind === 'confirm') {
      const session = sessionOf(step.by)
      if (session !== undefined)
        newest.note(session, (await createRecord(session, nsid.confirmation, confirmRecord(step, subject, today))).rev)
      return
    }
    const giver = cast.people[subject.giver]
    if (giver === undefined) return
    if (step.kind === 'delete') {
      newest.note(giver, await deleteRecord(giver, nsid.action, rkeyOf(subject.uri)))
      written.delete(step.act)
      return
    }
    const value = { ...subject.value, minutes: step.minutes }
    const made = await putRecord(giver, nsid.action, rkeyOf(subject.uri), value)
    written.set(step.act, { ...made, value, giver: subject.giver })
    newest.note(giver, made.rev)
  }

  /** Writes a day's steps: each kind waits for the one before it, since it may speak of its records. */
  return async (steps: readonly Step[], today: Today): Promise<void> => {
    for (const kind of ['act', 'confirm', 'edit', 'delete'] as const)
      await inParallel(
        CONCURRENCY,
        steps.filter((step) => step.kind === kind),
        (step) => write(step, today),
      )
  }
}
