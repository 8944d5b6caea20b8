// Writes the planned steps of a day, each into the repo of the one who would write it.

import { nsid } from '../../lexicons/authority.ts'
import { createRecord, deleteRecord, putRecord, XrpcRefused, type Session, type WrittenRecord } from '../xrpc-client.ts'
import { inParallel } from './in-parallel.ts'
import { untilBooked } from './settle.ts'
import type { Stage } from './stage.ts'
import { stepRecords } from './step-records.ts'
import type { Confirmer, Step } from './step.ts'

const CONCURRENCY = 16

type Written = WrittenRecord & { readonly value: Readonly<Record<string, unknown>>; readonly giver: number }

const rkeyOf = (uri: string): string => uri.split('/').at(-1) ?? ''

/** Remembers what was written, since a confirmation names the CID of what it confirms. */
export const createStepWriter = (stage: Stage) => {
  const { cast, newest } = stage
  const records = stepRecords(stage)
  const written = new Map<number, Written>()

  const sessionOf = (by: Confirmer): Session | undefined => {
    if ('person' in by) return cast.people[by.person]
    return 'host' in by ? cast.hosts[by.host] : cast.towns[by.town]
  }
  const write = async (step: Step): Promise<void> => {
    if (step.kind === 'act') {
      const giver = cast.people[step.giver]
      if (giver === undefined) return
      const value = records.act(step)
      const made = await createRecord(giver, nsid.action, value)
      written.set(step.id, { ...made, value, giver: step.giver })
      newest.note(giver, made.rev)
      return
    }
    const subject = written.get(step.act)
    if (subject === undefined) return
    if (step.kind === 'private') {
      const receiver = cast.people[step.by]
      if (receiver !== undefined) await stage.confirmPrivately(receiver, subject).catch(asPeopleAre)
      return
    }
    if (step.kind === 'confirm') {
      const session = sessionOf(step.by)
      if (session !== undefined)
        newest.note(session, (await createRecord(session, nsid.confirmation, records.confirmation(step, subject))).rev)
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

  const writeAll = async (steps: readonly Step[], kind: Step['kind']): Promise<void> => {
    await inParallel(
      CONCURRENCY,
      steps.filter((step) => step.kind === kind),
      write,
    )
  }
  const confirmPrivately = async (steps: readonly Step[]): Promise<void> => {
    if (!steps.some(({ kind }) => kind === 'private')) return
    await untilBooked(stage.network.urls)
    await writeAll(steps, 'private')
  }
  /** Writes a day's steps: what speaks of records waits for them. A private word is about an act of an earlier day, which the books have. */
  return async (steps: readonly Step[]): Promise<void> => {
    await Promise.all([writeAll(steps, 'act'), confirmPrivately(steps)])
    for (const kind of ['confirm', 'edit', 'delete'] as const) await writeAll(steps, kind)
  }
}

/** Somebody withdrew or changed the act meanwhile, or lives with who wrote it. */
const EXPECTED: readonly string[] = ['NotFound', 'Changed', 'Closed', 'SameHousehold']

const asPeopleAre = (error: unknown): void => {
  if (!(error instanceof XrpcRefused) || !EXPECTED.includes(error.code)) throw error
}
