// The records of planned steps: what somebody writes who did that, or was helped by it.

import { nonce } from '../../atproto/nonce.ts'
import { addDays } from './calendar.ts'
import { CODE_SCHEME, type Stage, type Subject } from './stage.ts'
import type { Act, Confirm, Receiver } from './step.ts'

/** As of the stage's present. */
export const stepRecords = (stage: Stage) => {
  const { cast, codes } = stage
  const beneficiary = ({ class: kind, count = 1, person }: Receiver) => {
    if (kind === 'person' && person !== undefined) return { class: kind, did: cast.people[person]?.did }
    return kind === 'unnamed' ? { class: kind, count } : { class: kind }
  }
  return {
    act: ({ category, minutes, daysAgo, town, beneficiaries, hostBody, eventId }: Act) => ({
      category,
      minutes,
      performedOn: addDays(stage.now.date, -daysAgo),
      municipality: { scheme: CODE_SCHEME, code: codes[town] ?? '' },
      ...(beneficiaries.length === 0 ? {} : { beneficiaries: beneficiaries.map(beneficiary) }),
      ...(hostBody === null ? {} : { hostBody: cast.hosts[hostBody]?.did }),
      ...(eventId === null ? {} : { eventId }),
      nonce: nonce(),
      createdAt: stage.now.instant,
    }),
    confirmation: ({ role, verdict, minutes, receivers, onBehalf }: Confirm, { uri, cid }: Subject) => ({
      subject: { uri, cid },
      role,
      verdict,
      ...(minutes === null ? {} : { minutes }),
      ...(receivers.length === 0 ? {} : { receivers: receivers.map((receiver) => ({ class: receiver.class, weight: 1 })) }),
      ...(onBehalf === null ? {} : { onBehalf }),
      nonce: nonce(),
      createdAt: stage.now.instant,
    }),
  }
}
