// Reading fields and days, for the second computation.

import type { IntakeRow, Json } from '../../appview/journal/model.ts'

export type Fields = Readonly<Record<string, Json>>

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
export const texts = (value: Json | undefined): readonly string[] => (Array.isArray(value) ? value.map(String) : [])
export const isEntry = (row: IntakeRow, kind: string): boolean => row.collection.endsWith('.entry') && fields(row.value)['kind'] === kind
export const isSameVoice = (one: IntakeRow, other: IntakeRow): boolean =>
  one.repo === other.repo && (fields(one.value)['onBehalf'] === undefined) === (fields(other.value)['onBehalf'] === undefined)

export const uriSpokenOf = ({ value }: IntakeRow): string => text(fields(fields(value)['subject'])['uri'])
