// What is told about an act: whose it is, what it was; never who else has a part in it.

import type { ActionDoc } from '../journal/documents.ts'
import type { Json } from '../journal/model.ts'
import type { NoticeKind, Word } from '../store/notices.ts'

const PERSON = 'P:'
const ORGANISATION = 'O:'

/** Who gave it, where they have an account of their own; not for a card, which a host body wrote for somebody. */
export const giverOf = ({ giver, repo }: ActionDoc): string | null =>
  giver.startsWith(PERSON) || giver.startsWith(ORGANISATION) ? repo : null

/** Persons it names as receivers. */
export const receiversOf = ({ beneficiaries, repo }: ActionDoc): readonly string[] => [
  ...new Set(beneficiaries.flatMap(({ class: kind, did }) => (kind === 'person' && did !== null && did !== repo ? [did] : []))),
]

export const wordAbout = (
  action: ActionDoc,
  { to, id, kind, at }: { to: string; id: string; kind: NoticeKind; at: string },
  more: Readonly<Record<string, Json>> = {},
): Word => {
  const { uri, repo, municipality, performedOn, category, minutes } = action
  const detail = { performedOn, category, minutes, ...more }
  return { to, id, kind, at, town: municipality, subject: uri, author: repo, detail }
}
