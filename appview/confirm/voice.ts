// As what somebody speaks who confirms privately: as receiver where the act names them, or names nobody or one nameless person; as witness where more
// nameless people received. Where persons are named, nobody speaks in their place.

import type { ActionDoc } from '../journal/documents.ts'

export type Voice = {
  readonly role: 'beneficiary' | 'witness'
  readonly isNamed: boolean
  /** Of the confirmation record; null: those of the act hold. */
  readonly receivers: readonly { readonly class: 'unnamed'; readonly scope: string; readonly weight: 1 }[] | null
  /** Which of the receivers this person is, for their own books; null for a witness. */
  readonly index: number | null
}

/** `home`: where the person belongs, null when nowhere. Null: it is for others to speak. */
export const voiceOf = ({ beneficiaries }: ActionDoc, did: string, home: string | null): Voice | null => {
  const index = beneficiaries.findIndex((one) => one.did === did)
  if (index >= 0) return { role: 'beneficiary', isNamed: true, receivers: null, index }
  if (beneficiaries.some((one) => one.did !== null)) return null
  const [only, ...others] = beneficiaries
  const isAlone = others.length === 0 && (only === undefined || (only.class === 'unnamed' && only.weight === 1))
  if (!isAlone) return { role: 'witness', isNamed: false, receivers: null, index: null }
  const receivers = home === null ? null : ([{ class: 'unnamed', scope: home, weight: 1 }] as const)
  return { role: 'beneficiary', isNamed: false, receivers, index: 0 }
}
