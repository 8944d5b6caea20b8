// The world of a list of records, looked up in the list each time: who lives where, which rules and rates hold, who may speak with what level, as
// of the first rows. For the second computation; slow on purpose.

import type { IntakeRow, Json, Roster } from '../../appview/journal/model.ts'

export type Fields = Readonly<Record<string, Json>>
export type Placed = IntakeRow & { readonly i: number }

const DAY = 86_400_000
export const jst = (instant: string): string => new Date(Date.parse(instant) + 32_400_000).toISOString().slice(0, 10)
export const shift = (date: string, days: number): string => new Date(Date.parse(date) + days * DAY).toISOString().slice(0, 10)
export const start = (date: string): number => Date.parse(`${date}T00:00:00+09:00`)
export const closes = (date: string): number => {
  const year = Number(date.slice(0, 4)) + (date.slice(5, 7) >= '04' ? 1 : 0)
  return start(`${year}-06-01`)
}
export const fields = (value: Json | undefined): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
export const list = (value: Json | undefined): readonly Fields[] => (Array.isArray(value) ? value.map((item: Json) => fields(item)) : [])
export const number = (value: Json | undefined, otherwise: number): number => (typeof value === 'number' ? value : otherwise)
export const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '')

export class World {
  readonly rows: readonly IntakeRow[]
  readonly #towns: ReadonlyMap<string, string>

  constructor(rows: readonly IntakeRow[], roster: Roster) {
    this.rows = rows
    this.#towns = new Map(roster.map(({ code, did }) => [did, code]))
  }

  townOf(did: string): string | undefined {
    return this.#towns.get(did)
  }

  of(name: string, repo?: string): readonly Placed[] {
    return this.rows.flatMap((row, i) =>
      row.collection.endsWith(`.${name}`) && (repo === undefined || row.repo === repo) ? [{ ...row, i }] : [],
    )
  }

  /** Residence by admissions among the first `i + 1` rows. */
  homes(did: string, i: number): readonly { code: string; from: string }[] {
    const homes: { code: string; from: string }[] = []
    for (const row of this.of('admission')) {
      const code = this.#towns.get(row.repo)
      if (row.i > i || code === undefined || fields(row.value)['subject'] !== did) continue
      const stated = text(fields(row.value)['from'])
      const before = homes.at(-1)
      if (before === undefined) homes.push({ code, from: stated })
      else if (before.code !== code) homes.push({ code, from: [stated, jst(row.recordedAt), before.from].toSorted().at(-1) ?? stated })
    }
    return homes
  }

  home(did: string, date: string, i: number): string | undefined {
    return this.homes(did, i).findLast(({ from }) => from <= date)?.code
  }

  rule(code: string, date: string, i: number): { claimDays: number; actDays: number; perAct: number; perDay: number; level: number } {
    const policy = this.of('policy').findLast(
      (row) => row.i <= i && this.#towns.get(row.repo) === code && text(fields(row.value)['effectiveFrom']) <= date,
    )
    const said = fields(policy?.value)
    return {
      claimDays: number(said['claimDays'], 90),
      actDays: number(said['actDays'], 90),
      perAct: number(said['minutesPerAct'], 720),
      perDay: number(said['minutesPerDay'], 960),
      level: number(said['timeLevel'], 1),
    }
  }

  yen(code: string, date: string, category: string, minutes: number, i: number): number {
    const tables = this.of('rateTable').filter(
      (row) => row.i <= i && this.#towns.get(row.repo) === code && text(fields(row.value)['validFrom']) <= date,
    )
    const table = tables.toSorted((a, b) => (text(fields(a.value)['validFrom']) < text(fields(b.value)['validFrom']) ? -1 : 1)).at(-1)
    const rates = list(fields(table?.value)['rates'])
    const rate = rates.find((entry) => entry['category'] === category) ?? rates.find((entry) => entry['category'] === '*')
    return Math.floor((minutes * number(rate?.['yenPerHour'], 0) * 2 + 60) / 120)
  }

  isHost(did: string, on: string, i: number): boolean {
    return this.of('hostBody').some(
      (host) => host.i <= i && fields(host.value)['did'] === did && text(fields(host.value)['validFrom']) <= on,
    )
  }

  level(note: IntakeRow, i: number): number {
    const value = fields(note.value)
    const role = text(value['onBehalf']) || text(value['role'])
    if (value['role'] === 'municipality' || value['role'] === 'hostBody') return role === 'municipality' ? 3 : role === 'hostBody' ? 2 : 1
    return this.homes(note.repo, i).length > 0 ? 1 : 0
  }
}
