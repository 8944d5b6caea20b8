// An action record as the books read it. Anything else in the record (note, images, languages) is not theirs.

import { isCategory } from './categories.ts'
import { isCivilDate } from './calendar.ts'
import type { Receiver } from './documents.ts'
import { didOf, fieldsOf, integerOf, strongRefOf, textOf } from './fields.ts'
import { isMunicipalityCode } from './municipality-code.ts'
import type { Json } from './model.ts'
import { parseReceivers } from './parse-receivers.ts'
import type { RefusalCode } from './refusals.ts'

const MAX_MINUTES = 720
const MAX_EVENT_ID = 64
const MAX_CARD = 64
const CODE_SCHEME = 'jis-x-0402'

export type ParsedAction = {
  readonly category: string
  readonly minutes: number
  readonly performedOn: string
  readonly municipality: string
  readonly hostBody: string | null
  /** The event's id, or the uri of its record. */
  readonly eventId: string | null
  readonly beneficiaries: readonly Receiver[]
  readonly card: string | null
}

/** The action, or the code of the first thing wrong with it. */
export const parseAction = (value: Json): ParsedAction | RefusalCode => {
  const fields = fieldsOf(value)
  const municipality = fieldsOf(fields?.['municipality'])
  const category = textOf(fields?.['category'])
  const performedOn = textOf(fields?.['performedOn'])
  const code = textOf(municipality?.['code'])
  const beneficiaries = parseReceivers(fields?.['beneficiaries'])
  const { hostBody, eventId, card, isMalformed } = optionalFieldsOf(
    fields?.['hostBody'],
    fields?.['eventId'],
    fields?.['event'],
    fields?.['giver'],
  )
  if (category === undefined || performedOn === undefined || code === undefined || municipality?.['scheme'] !== CODE_SCHEME)
    return 'record.malformed'
  if (beneficiaries === undefined || isMalformed || typeof fields?.['minutes'] !== 'number') return 'record.malformed'
  const minutes = integerOf(fields['minutes'], 1, MAX_MINUTES)
  if (minutes === undefined) return 'action.minutes-out-of-range'
  if (!isCategory(category)) return 'action.category-unknown'
  if (!isCivilDate(performedOn)) return 'action.date-impossible'
  if (!isMunicipalityCode(code)) return 'action.code-invalid'
  return { category, minutes, performedOn, municipality: code, hostBody, eventId, beneficiaries, card }
}

const optionalFieldsOf = (hostBody: Json | undefined, eventId: Json | undefined, event: Json | undefined, giver: Json | undefined) => {
  const parsed = {
    hostBody: didOf(hostBody) ?? null,
    eventId: textOf(eventId) ?? strongRefOf(event)?.uri ?? null,
    card: textOf(fieldsOf(giver)?.['card']) ?? null,
  }
  const isMalformed =
    (hostBody !== undefined && parsed.hostBody === null) ||
    ((eventId !== undefined || event !== undefined) && parsed.eventId === null) ||
    (eventId !== undefined && (parsed.eventId?.length ?? 0) > MAX_EVENT_ID) ||
    (giver !== undefined && (parsed.card === null || parsed.card.length > MAX_CARD))
  return { ...parsed, isMalformed }
}
