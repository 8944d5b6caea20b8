// What transactions give to tell: that an act was confirmed, in whole or in part, and that a claim has lapsed; to who gave it, without saying who confirmed.

import type { Booked, Books } from '../store/store.ts'
import type { NoticeKind, Word } from '../store/notices.ts'
import { readDoc } from '../queries/deps.ts'
import { giverOf, wordAbout } from './acts.ts'

export const wordsOfTransaction = async (books: Pick<Books, 'load'>, one: Booked): Promise<readonly Word[]> => {
  const isRecognition = one.kind === 'recognise' || one.kind === 'recognise-prior'
  if (one.action === null || !(isRecognition || one.kind === 'claim-lapse')) return []
  const action = await readDoc(books, 'action', `action:${one.action}`)
  const to = action === null ? null : giverOf(action)
  if (action === null || to === null) return []
  const tell = (kind: NoticeKind, minutes: number): readonly Word[] => [
    wordAbout(action, { to, id: `${action.leaf}/${action.op}/${kind}`, kind, at: one.recordedAt }, { confirmed: minutes }),
  ]
  if (!isRecognition) return action.state === 'lapsed' ? tell('lapsed', 0) : []
  if (action.state !== 'recognised' || action.recognised?.transaction !== one.id) return []
  const { minutes } = action.recognised
  return tell(minutes < action.minutes ? 'partly' : 'confirmed', minutes)
}
