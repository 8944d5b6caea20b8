// A town in an intake made by hand: rows as following would store them, for tests that need books but no network.

import type { IntakeRow, Json } from '../../appview/journal/model.ts'
import type { Part } from '../../appview/follow/writer.ts'
import { cidForCbor } from '../../atproto/cid.ts'
import { nsid } from '../../lexicons/authority.ts'

export const TOWN = 'did:web:town.example'
export const CODE = '172014'
export const ROSTER = [{ code: CODE, did: TOWN, fromLeaf: 1 }]
const START_MS = Date.parse('2026-04-01T00:00:00.000Z')

export const personDid = (index: number): string =>
  `did:plc:${Array.from(String(index).padStart(8, '0'))
    .map((digit) => 'abcdefghij'[Number(digit)])
    .join('')
    .padStart(24, 'k')}`

export type RowMaker = {
  /** One row at the next leaf, `afterMs` after the one before. */
  row(repo: string, collection: string, value: Json, afterMs?: number): IntakeRow
}

export const rowMaker = (): RowMaker => {
  let leaf = 0
  let ms = START_MS
  return {
    row: (repo, collection, value, afterMs = 0) => {
      leaf += 1
      ms += afterMs
      const rkey = collection === nsid.municipality ? 'self' : `r${leaf}`
      const recordedAt = new Date(ms).toISOString()
      const uri = `at://${repo}/${collection}/${rkey}`
      const fields = { origin: 'test/1', leaf, op: 0, recordedAt, source: 'record', action: 'create' } as const
      return { ...fields, repo, collection, rkey, uri, cid: cidForCbor(Buffer.from(`row ${leaf}`)).toString(), value }
    },
  }
}

export const partOf = (row: IntakeRow): Part => ({ leaf: row.leaf, recordedAt: row.recordedAt, rows: [row] })

/** What opens a town's books, and admits so many residents. */
export const openingRows = (maker: RowMaker, residents: number): IntakeRow[] => {
  const createdAt = '2026-04-01T00:00:00.000Z'
  const town = { code: CODE, names: { ja: '町' }, tier: 'municipality', createdAt }
  const policy = { mode: 'none', effectiveFrom: '2026-04-01', timeLevel: 1, pointLevel: 2, claimDays: 90, createdAt }
  const rates = { rates: [{ category: '*', yenPerHour: 1828, method: 'RC-S' }], source: '内閣府 2016', validFrom: '2026-04-01', createdAt }
  const rows = [
    maker.row(TOWN, nsid.municipality, { $type: nsid.municipality, ...town }),
    maker.row(TOWN, nsid.policy, { $type: nsid.policy, ...policy }),
    maker.row(TOWN, nsid.rateTable, { $type: nsid.rateTable, ...rates }),
  ]
  for (let index = 0; index < residents; index++)
    rows.push(maker.row(TOWN, nsid.admission, { $type: nsid.admission, subject: personDid(index), from: '2020-01-01', createdAt }))
  return rows
}

export const CATEGORIES = ['health', 'elderly', 'children', 'culture', 'community', 'safety', 'environment', 'other'] as const

/** An action, and unless `confirmer` is null the confirmation of it, a little later. */
export const actRows = (
  maker: RowMaker,
  {
    giver,
    confirmer,
    minutes,
    category,
    afterMs,
  }: { giver: number; confirmer: number | null; minutes: number; category: string; afterMs: number },
): IntakeRow[] => {
  const performedOn = (row: IntakeRow): string => new Date(Date.parse(row.recordedAt) + 9 * 3_600_000).toISOString().slice(0, 10)
  const value = {
    $type: nsid.action,
    category,
    minutes,
    municipality: { scheme: 'jis-x-0402', code: CODE },
    nonce: { $bytes: 'AAAAAAAAAAAAAAAAAAAAAA' },
  }
  const bare = maker.row(personDid(giver), nsid.action, value, afterMs)
  const act = { ...bare, value: { ...value, performedOn: performedOn(bare), createdAt: bare.recordedAt } }
  if (confirmer === null) return [act]
  const subject = { uri: act.uri, cid: act.cid ?? '' }
  const word = { $type: nsid.confirmation, subject, role: 'beneficiary', verdict: 'confirmed', createdAt: act.recordedAt }
  return [act, maker.row(personDid(confirmer), nsid.confirmation, word, 1)]
}
