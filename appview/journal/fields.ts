// Reading fields of a record that nobody has checked: each reader gives the value in its type, or undefined when it is absent or of another form.

import type { Json } from './model.ts'

export type Fields = { readonly [key: string]: Json }

const DID = /^did:[a-z0-9]+:[A-Za-z0-9._:%-]{1,2000}$/
const MAX_TEXT = 4096

export const fieldsOf = (value: Json | undefined): Fields | undefined =>
  typeof value === 'object' && value !== null && !isList(value) ? value : undefined

const isList = (value: Json): value is readonly Json[] => Array.isArray(value)

export const listOf = (value: Json | undefined): readonly Json[] | undefined => (value !== undefined && isList(value) ? value : undefined)

export const textOf = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && value.length > 0 && value.length <= MAX_TEXT ? value : undefined

export const integerOf = (value: Json | undefined, low: number, high: number): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= low && value <= high ? value : undefined

export const didOf = (value: Json | undefined): string | undefined => (typeof value === 'string' && DID.test(value) ? value : undefined)

/** One of the listed words. */
export const wordOf = <Word extends string>(value: Json | undefined, words: readonly Word[]): Word | undefined =>
  words.find((word) => word === value)

/** {ja, en?} with ja required. */
export const namesOf = (value: Json | undefined): { readonly ja: string; readonly en: string | null } | undefined => {
  const fields = fieldsOf(value)
  const ja = textOf(fields?.['ja'])
  return ja === undefined ? undefined : { ja, en: textOf(fields?.['en']) ?? null }
}

/** {uri, cid}. */
export const strongRefOf = (value: Json | undefined): { readonly uri: string; readonly cid: string } | undefined => {
  const fields = fieldsOf(value)
  const uri = textOf(fields?.['uri'])
  const cid = textOf(fields?.['cid'])
  return uri?.startsWith('at://') === true && cid !== undefined ? { uri, cid } : undefined
}
