// The receivers a confirmation lists, and the beneficiaries an action lists, in one form: class, person, municipality, weight.

import type { Receiver } from './documents.ts'
import { didOf, fieldsOf, integerOf, listOf, textOf, wordOf } from './fields.ts'
import { isMunicipalityCode } from './municipality-code.ts'
import type { Json } from './model.ts'

const CLASSES = ['person', 'unnamed', 'public'] as const
const MAX_RECEIVERS = 16
const MAX_WEIGHT = 1000

/** Undefined when anything in the list is malformed; an absent list is empty. Unnamed persons weigh as many as they are. */
export const parseReceivers = (value: Json | undefined): readonly Receiver[] | undefined => {
  if (value === undefined) return []
  const list = listOf(value)
  if (list === undefined || list.length > MAX_RECEIVERS) return undefined
  const receivers = list.map(parseReceiver)
  return receivers.every((receiver) => receiver !== undefined) ? receivers : undefined
}

const parseReceiver = (value: Json): Receiver | undefined => {
  const fields = fieldsOf(value)
  const receiverClass = wordOf(fields?.['class'], CLASSES)
  if (fields === undefined || receiverClass === undefined) return undefined
  const did = didOf(fields['did']) ?? null
  const scope = textOf(fields['scope']) ?? null
  const weight = integerOf(fields['weight'] ?? fields['count'] ?? 1, 1, MAX_WEIGHT)
  if (weight === undefined || (fields['did'] !== undefined && (did === null || receiverClass !== 'person'))) return undefined
  if (fields['scope'] !== undefined && (scope === null || !isMunicipalityCode(scope))) return undefined
  return { class: receiverClass, did, scope, weight }
}
