// Whether what a deed would publish is what its lexicon says: a record that no repo takes is told to who asked for it, before anything is kept.

import { jsonToData } from '../../atproto/data-model.ts'
import { InvalidRecord, validateRecord } from '../../lexicons/validate-record.ts'
import type { Publication } from '../store/work.ts'

/** The field of the first record that is not as its lexicon wants it, or missing; undefined where all are. */
export const wrongAmong = (publications: readonly Publication[]): string | undefined => {
  for (const { collection, record } of publications) {
    const wrong = wrongField(collection, jsonToData(record))
    if (wrong !== undefined) return wrong
  }
  return undefined
}

/** `record` as data of its model. */
export const wrongField = (collection: string, record: unknown): string | undefined => {
  try {
    validateRecord(collection, record)
    return undefined
  } catch (error) {
    if (error instanceof InvalidRecord) return fieldIn(error)
    throw error
  }
}

const MISSING = /must have the property "(\w+)"/

const fieldIn = ({ path, message }: InvalidRecord): string =>
  [...path.split('/').slice(1), ...(MISSING.exec(message)?.slice(1) ?? [])].join('/')
