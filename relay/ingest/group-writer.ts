// Takes judged events from all hosts and persists what waits in one transaction: events, leaves, accounts, counts, and each host's cursor with what
// it covers. Published after COMMIT. A transaction that fails is our storage broken: it is thrown, and the process stops.

import type { EventLog } from '../../server/event-log.ts'
import type { Log } from '../../server/log.ts'
import type { Database } from '../../server/sqlite.ts'
import type { Host, HostTable } from '../hosts/host-table.ts'
import { GROUP_MAX_EVENTS } from '../limits.ts'
import type { ReceiveTime } from '../origin/receive-time.ts'
import type { Outcome } from './append-event.ts'
import type { Figures } from './figures.ts'
import type { Believed, Judged } from './judge.ts'

/** Where events come from. Once halted, nothing more of it is persisted, so that its cursor stays before what was not. */
export interface Source {
  readonly host: Host
  readonly isHalted: boolean
  halt(): void
}

/** `receivedMs` is monotonic. */
export type Waiting = { readonly source: Source; readonly judged: Judged; readonly receivedMs: number }

export interface GroupWriter {
  /** Events of one source are added in its order. */
  add(waiting: Waiting): void
  /** Resolves when all that was added before is durable. */
  settled(): Promise<void>
  /** Persists what waits, now. */
  flush(): void
}

export type GroupWriterParts = {
  readonly db: Database
  readonly log: EventLog
  readonly hosts: HostTable
  readonly journal: Log
  readonly figures: Figures
  readonly append: (host: Host, believed: Believed, timeMs: number) => Outcome
  readonly receiveTime: ReceiveTime
}

type Done = { readonly waiting: Waiting; readonly outcome: Outcome | null }

export const createGroupWriter = (parts: GroupWriterParts): GroupWriter => {
  const { db, log, hosts, journal, receiveTime } = parts
  let waiting: Waiting[] = []
  let scheduled: Promise<void> | undefined

  const persistGroup = db.transaction((group: readonly Waiting[]): Done[] => {
    const timeMs = receiveTime.now()
    const tally = new Tally()
    const done: Done[] = []
    for (const one of group) {
      if (one.source.isHalted) continue
      const outcome = one.judged.kind === 'believed' ? parts.append(one.source.host, one.judged, timeMs) : null
      tally.count(one, outcome)
      if (outcome?.kind === 'full') one.source.halt()
      else done.push({ waiting: one, outcome })
    }
    tally.persist(hosts)
    return done
  })

  const flush = (): void => {
    if (waiting.length === 0) return
    const group = waiting
    waiting = []
    journal.debug('group.persisting', { events: group.length })
    const done = persistGroup.immediate(group)
    journal.debug('group.committed', { events: group.length, next: log.next() })
    log.published()
    journal.debug('group.published', { last: log.last() })
    report(parts, done)
  }

  const schedule = (): Promise<void> =>
    new Promise((resolve) => {
      setImmediate(() => {
        scheduled = undefined
        flush()
        resolve()
      })
    })

  return {
    add: (one) => {
      waiting.push(one)
      if (waiting.length >= GROUP_MAX_EVENTS) flush()
      else scheduled ??= schedule()
    },
    settled: () => (waiting.length === 0 ? Promise.resolve() : (scheduled ??= schedule())),
    flush,
  }
}

/** What one group changes for each host: its cursor, and how often what happened. */
class Tally {
  readonly #cursors = new Map<number, number>()
  readonly #counts = new Map<number, Map<string, number>>()

  count({ source, judged }: Waiting, outcome: Outcome | null): void {
    const id = source.host.id
    const seq = judged.kind === 'believed' ? judged.event.seq : judged.seq
    if (outcome?.kind === 'full') return this.#add(id, 'host.paused')
    if (seq !== null) this.#cursors.set(id, seq)
    for (const what of whatHappened(judged, outcome)) this.#add(id, what)
  }

  persist(hosts: HostTable): void {
    for (const [id, seq] of this.#cursors) hosts.setCursor(id, seq)
    for (const [id, counts] of this.#counts) for (const [what, number] of counts) hosts.addCount(id, what, number)
  }

  #add(id: number, what: string): void {
    const counts = this.#counts.get(id) ?? new Map<string, number>()
    this.#counts.set(id, counts.set(what, (counts.get(what) ?? 0) + 1))
  }
}

const whatHappened = (judged: Judged, outcome: Outcome | null): string[] => {
  if (judged.kind === 'refused') return [judged.reason]
  if (judged.kind === 'noted') return [judged.note]
  if (outcome?.kind === 'refused') return [outcome.reason]
  return outcome !== null && outcome.kind !== 'full' && outcome.note !== null ? [outcome.note] : []
}

const report = ({ figures, journal }: GroupWriterParts, done: readonly Done[]): void => {
  figures.committed(done.length)
  for (const { waiting, outcome } of done) {
    const { judged, source } = waiting
    const refusal = judged.kind === 'refused' ? judged : outcome?.kind === 'refused' ? outcome : undefined
    if (refusal !== undefined) {
      figures.refused(refusal.reason)
      const seq = judged.kind === 'believed' ? judged.event.seq : judged.seq
      journal.info('event.refused', {
        host: source.host.hostname,
        hostSeq: seq,
        reason: refusal.reason,
        detail: refusal.detail.slice(0, 200),
      })
    } else if (judged.kind === 'noted') figures.noted(judged.note)
    else if (judged.kind === 'believed' && outcome !== null && outcome.kind !== 'full' && outcome.kind !== 'refused') {
      if (outcome.kind === 'appended') figures.appended(judged.event.kind, waiting.receivedMs, judged.event.time)
      if (outcome.note !== null) figures.noted(outcome.note)
    }
  }
}
