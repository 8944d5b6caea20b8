// What the log says of a record that waits to be published: whether it stands there by now, because an answer was lost or because these books were restored
// and an earlier life of theirs sent it; or whether the key holds another, newer word. Between what was seen there when it was enqueued and now, only what
// was enqueued before it may have come.

import { cidForCbor } from '../../atproto/cid.ts'
import { encodeData, jsonToData } from '../../atproto/data-model.ts'
import type { IntakeRow } from '../journal/model.ts'
import type { OutboxRow } from '../store/work.ts'

/** Of one key, oldest first. */
export type Logged = readonly Pick<IntakeRow, 'leaf' | 'action' | 'cid' | 'residue'>[]

/** `replaces`: what has to stand there for it to be sent; null where that is not known, and it is sent as it is. */
export type Judged =
  | { readonly kind: 'send'; readonly replaces: string | null }
  | { readonly kind: 'done'; readonly cid: string | null }
  | { readonly kind: 'superseded' }

export const cidOf = ({ cid, record }: Pick<OutboxRow, 'cid' | 'record'>): string =>
  cid ?? cidForCbor(encodeData(jsonToData(record))).toString()

/** `outbox`: all that was ever to be published under the key, oldest first. */
export const judge = (row: OutboxRow, outbox: readonly OutboxRow[], log: Logged): Judged => {
  const since = row.since ?? (row.verb === 'create' ? 0 : null)
  if (since === null) return { kind: 'send', replaces: null }
  const own = cidOf(row)
  // Whoever was enqueued earlier having seen an older record stands behind what this one has seen, if anywhere.
  const before = outbox
    .filter((one) => one.id < row.id && one.state === 'done' && one.verb !== 'delete' && (one.since ?? 0) >= since)
    .map(cidOf)
  const come = withoutThose(
    before,
    log.filter(({ leaf }) => leaf > since),
  )
  if (come.some(({ action, cid, residue }) => (row.verb === 'delete' ? action === 'delete' : cid === own || residue !== undefined)))
    return { kind: 'done', cid: row.verb === 'delete' ? null : own }
  if (row.verb === 'delete') return { kind: 'send', replaces: null }
  if (come.length > 0) return { kind: 'superseded' }
  return { kind: 'send', replaces: before.at(-1) ?? log.findLast(({ leaf }) => leaf <= since)?.cid ?? null }
}

/** What is left of the log where these have come in their order, each once or not yet. */
const withoutThose = (cids: readonly string[], log: Logged): Logged => {
  let at = 0
  return log.filter(({ cid }) => {
    const found = cid === null ? -1 : cids.indexOf(cid, at)
    if (found >= 0) at = found + 1
    return found < 0
  })
}
