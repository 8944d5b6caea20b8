// Five municipalities of two prefectures in an intake made by hand: within each people help one another and clean parks, some across the border; one is
// so small that it shows nothing, and one gave so little to others that its worksheet shows nothing.

import type { TestContext } from 'node:test'
import { openWriter } from '../../appview/follow/writer.ts'
import type { IntakeRow, Json } from '../../appview/journal/model.ts'
import { nsid } from '../../lexicons/authority.ts'
import { partOf, personDid, rowMaker, type RowMaker } from '../appview/books-town.ts'
import { pagesOver } from './pages-over.ts'

export const KANAZAWA = '172014'
export const KOMATSU = '172031'
export const KAGA = '172065'
export const TOYAMA = '162019'
export const TAKAOKA = '162027'

const TOWNS = [
  { code: TOYAMA, ja: '富山市', en: 'Toyama City', people: 14 },
  { code: TAKAOKA, ja: '高岡市', en: 'Takaoka City', people: 12 },
  { code: KANAZAWA, ja: '金沢市', en: 'Kanazawa City', people: 16 },
  { code: KOMATSU, ja: '小松市', en: 'Komatsu City', people: 12 },
  { code: KAGA, ja: '加賀市', en: 'Kaga City', people: 3 },
]
const CODES = TOWNS.map(({ code }) => code)
const PER_TOWN = 20
const DAY_MS = 86_400_000
const CREATED = '2026-04-01T00:00:00.000Z'

const townDid = (code: string): string => `did:plc:${code.padEnd(24, 'a')}`
export const personOf = (code: string, index: number): string => personDid(CODES.indexOf(code) * PER_TOWN + index)

const openTown = (maker: RowMaker, { code, ja, en, people }: (typeof TOWNS)[number]): IntakeRow[] => {
  const write = (collection: string, value: { readonly [key: string]: Json }): IntakeRow =>
    maker.row(townDid(code), collection, { $type: collection, ...value, createdAt: CREATED })
  return [
    write(nsid.municipality, { code, names: { ja, en }, tier: 'municipality' }),
    write(nsid.policy, { mode: 'none', effectiveFrom: '2025-04-01', timeLevel: 1, pointLevel: 2, claimDays: 90 }),
    write(nsid.rateTable, { rates: [{ category: '*', yenPerHour: 1828, method: 'RC-S' }], source: '内閣府 2016', validFrom: '2025-04-01' }),
    ...Array.from({ length: people }, (_, index) => write(nsid.admission, { subject: personOf(code, index), from: '2020-01-01' })),
  ]
}

type Act = {
  readonly giver: string
  readonly at: string
  readonly minutes: number
  readonly category: string
  readonly performedOn?: string
}

/** An act, and the word of the one who received it, or, of an act for the public (null), of the municipality. */
const actRows = (maker: RowMaker, act: Act, receiver: string | null): IntakeRow[] => {
  const { giver, at, minutes, category } = act
  const value = {
    $type: nsid.action,
    category,
    minutes,
    municipality: { scheme: 'jis-x-0402', code: at },
    nonce: { $bytes: 'AAAAAAAAAAAAAAAAAAAAAA' },
  }
  const bare = maker.row(giver, nsid.action, value, DAY_MS / 4)
  const performedOn = act.performedOn ?? new Date(Date.parse(bare.recordedAt) + 9 * 3_600_000).toISOString().slice(0, 10)
  const row = { ...bare, value: { ...value, performedOn, createdAt: bare.recordedAt } }
  const subject = { uri: row.uri, cid: row.cid ?? '' }
  const word = { $type: nsid.confirmation, subject, verdict: 'confirmed', createdAt: row.recordedAt }
  return receiver === null
    ? [row, maker.row(townDid(at), nsid.confirmation, { ...word, role: 'municipality', receivers: [{ class: 'public', weight: 1 }] }, 1)]
    : [row, maker.row(receiver, nsid.confirmation, { ...word, role: 'beneficiary' }, 1)]
}

const CATEGORIES = ['community', 'culture', 'community', 'safety']

const livingIn = (maker: RowMaker, { code, people }: (typeof TOWNS)[number]): IntakeRow[] =>
  Array.from({ length: people }, (_, index) => {
    const category = CATEGORIES[index % CATEGORIES.length] ?? 'other'
    const act = { giver: personOf(code, index), at: code, minutes: 30 + 15 * (index % 5), category }
    const early =
      index % 2 === 0 && people > 3
        ? actRows(maker, { ...act, category: 'community', performedOn: '2026-03-20' }, personOf(code, (index + 2) % people))
        : []
    const own = actRows(maker, act, personOf(code, (index + 1) % people))
    const park = index % 2 === 0 ? actRows(maker, { ...act, category: 'environment', minutes: 120 }, null) : []
    return [...early, ...own, ...park]
  }).flat()

const across = (maker: RowMaker, from: string, to: string, count: number): IntakeRow[] =>
  Array.from({ length: count }, (_, index) =>
    actRows(maker, { giver: personOf(from, index), at: to, minutes: 60, category: 'community' }, personOf(to, index)),
  ).flat()

/** The pages over these books, as of November. */
export const federationPages = async (t: TestContext) => {
  const site = await pagesOver(t, () => ({}), { codes: CODES })
  const maker = rowMaker()
  const rows = [
    ...TOWNS.flatMap((town) => openTown(maker, town)),
    ...TOWNS.flatMap((town) => livingIn(maker, town)),
    ...across(maker, KANAZAWA, KOMATSU, 6),
    ...across(maker, KOMATSU, KANAZAWA, 5),
    ...across(maker, KANAZAWA, TOYAMA, 6),
    ...across(maker, TOYAMA, KANAZAWA, 7),
    ...across(maker, TAKAOKA, TOYAMA, 1),
    ...across(maker, TOYAMA, TAKAOKA, 6),
  ]
  const roster = CODES.map((code) => ({ code, did: townDid(code), fromLeaf: 1 }))
  const { books } = site.store
  await books.setRoster(roster)
  const writer = await openWriter({ books, clock: site.clock, roster: () => roster })
  await writer.append(rows.map(partOf))
  return site
}
