// Which municipality became part of which, and when: the records that say so and the days they name, played through once in order of time.

import type { IntakeRow } from '../../appview/journal/model.ts'
import { fields, jst, shift, start, text, texts } from './second-fields.ts'

export type Union = {
  readonly from: string
  readonly into: string
  /** First day, and when it happens: with a row, or (null) by time alone. */
  readonly on: string
  readonly at: number
  readonly i: number | null
}
type Happening = { readonly at: number; readonly order: number; readonly union: Union; readonly kind: 'said' | 'due' }

const NOTICE_DAYS = 30

/** What a town has said of its own successor before row `i`, or before an instant. */
const wordOf = (rows: readonly IntakeRow[], did: string | undefined, until: { readonly i: number } | { readonly at: number }): string =>
  text(
    fields(
      rows.findLast(
        (row, i) =>
          row.repo === did &&
          row.collection.endsWith('.municipality') &&
          ('i' in until ? i < until.i : Date.parse(row.recordedAt) < until.at),
      )?.value,
    )['successor'],
  )

export const unionsOf = (rows: readonly IntakeRow[], towns: ReadonlyMap<string, string>): readonly Union[] => {
  const didOf = (code: string): string | undefined => [...towns].find(([, one]) => one === code)?.[0]
  const coming: Happening[] = rows.flatMap((row, i): readonly Happening[] => {
    const into = towns.get(row.repo)
    const [from] = texts(fields(row.value)['predecessors'])
    if (!row.collection.endsWith('.municipality') || into === undefined || from === undefined) return []
    const said = Date.parse(row.recordedAt)
    const stated = text(fields(row.value)['validFrom'])
    const day = jst(row.recordedAt)
    return [
      {
        at: said,
        order: i,
        kind: 'said',
        union: { from, into, on: stated > day ? stated : day, at: Math.max(said, start(stated)), i: start(stated) > said ? null : i },
      },
    ]
  })
  const happened: Union[] = []
  for (;;) {
    // What is due comes before a record of the same instant; of two, the one whose code comes first.
    coming.sort((a, b) => a.at - b.at || Number(a.kind === 'said') - Number(b.kind === 'said') || a.order - b.order)
    const next = coming.shift()
    if (next === undefined) return happened
    const { union, kind, at } = next
    const { from, into } = union
    const day = jst(new Date(at).toISOString())
    if (kind === 'said') {
      const word = wordOf(rows, didOf(from), { i: next.order })
      const isAgreed = word === into || (word === '' && union.on >= shift(day, NOTICE_DAYS)) || happened.some((one) => one.from === from)
      const isRefused =
        !isAgreed || happened.some((one) => (one.from === into && one.on <= day) || (one.from === from && one.into !== into))
      if (!isRefused && union.at > at) coming.push({ at: union.at, order: Number(into), kind: 'due', union })
      if (isRefused || union.at > at) continue
    }
    const heir = happened.reduce((code, one) => (one.from === code && one.on <= union.on ? one.into : code), into)
    const isObjected = kind === 'due' && !['', into].includes(wordOf(rows, didOf(from), { at }))
    if (heir !== from && !isObjected && !happened.some((one) => one.from === from)) happened.push({ ...union, into: heir })
  }
}
