// From the form to a record in the person's own repo. Mistakes are values that say which field, what is wrong and what to do.

import { splitAtUri } from './own-uri.ts'
import { toDatetime } from '../../../atproto/datetime.ts'
import { nonce } from '../../../atproto/nonce.ts'
import { nsid } from '../../../lexicons/authority.ts'
import { PdsRefused } from '../../auth/pds-call.ts'
import { isCategory } from '../../journal/categories.ts'
import { isCivilDate } from '../../journal/calendar.ts'
import type { Session } from '../../store/store.ts'
import type { PagesDeps } from './deps.ts'
import type { Fields } from './form.ts'
import { dateText } from './parts/date.ts'
import { MOST_MINUTES, MOST_NOTE, type RecordError, type RecordInput, type RecordView } from './record.ts'
import { untilBooked } from './until-booked.ts'

const NUMBER = /^\d{1,4}$/

export const inputOf = (field: Fields): RecordInput => ({
  category: field('category'),
  minutes: field('minutes'),
  otherMinutes: field('otherMinutes').trim(),
  performedOn: field('performedOn'),
  municipality: field('municipality'),
  hostBody: field('hostBody'),
  beneficiary: field('beneficiary'),
  note: field('note').trim(),
})

/** What was typed counts before what was ticked. NaN for what is no whole number. */
export const minutesOf = ({ minutes, otherMinutes }: Pick<RecordInput, 'minutes' | 'otherMinutes'>): number => {
  const text = (otherMinutes === '' ? minutes : otherMinutes).normalize('NFKC').trim()
  return NUMBER.test(text) ? Number(text) : Number.NaN
}

const dayError = ({ input, today, earliest }: RecordView): RecordError['message'] | null => {
  if (!isCivilDate(input.performedOn)) return { ja: '日付を選んでください。', en: 'Choose a day.' }
  if (input.performedOn > today)
    return {
      ja: 'これからの日は記録できません。行動したあとに記録してください。',
      en: 'A future day cannot be recorded. Record it after the act.',
    }
  if (input.performedOn >= earliest) return null
  return {
    ja: `古すぎる日です。${dateText('ja', earliest)}からあとの行動を記録できます。`,
    en: `That is too long ago. Acts from ${dateText('en', earliest)} on can be recorded.`,
  }
}

/** Everything that is wrong with what was entered, in the order of the form. */
export const errorsOf = (view: RecordView): RecordError[] => {
  const { input, towns, hostBodies } = view
  const errors: RecordError[] = []
  const minutes = minutesOf(input)
  const day = dayError(view)
  if (!isCategory(input.category))
    errors.push({ field: 'category', message: { ja: '分類をひとつ選んでください。', en: 'Choose a category.' } })
  if (!(minutes >= 1 && minutes <= MOST_MINUTES))
    errors.push({
      field: input.otherMinutes === '' ? 'minutes' : 'otherMinutes',
      message: { ja: '時間は1分から720分（12時間）までの数字で入れてください。', en: 'Enter minutes from 1 to 720 (12 hours).' },
    })
  if (day !== null) errors.push({ field: 'performedOn', message: day })
  if (!towns.some(({ code }) => code === input.municipality))
    errors.push({ field: 'municipality', message: { ja: '市町を選んでください。', en: 'Choose a municipality.' } })
  if (input.hostBody !== '' && !hostBodies.some(({ did }) => did === input.hostBody))
    errors.push({ field: 'hostBody', message: { ja: '一覧にある受入機関を選んでください。', en: 'Choose a host body of the list.' } })
  if (!['', 'public', 'unnamed'].includes(input.beneficiary))
    errors.push({ field: 'beneficiary', message: { ja: '一覧から選んでください。', en: 'Choose one of the list.' } })
  if (input.note.length > MOST_NOTE)
    errors.push({ field: 'note', message: { ja: `メモは${MOST_NOTE}字までです。`, en: `Notes have at most ${MOST_NOTE} characters.` } })
  return errors
}

const recordOf = (deps: PagesDeps, { input }: RecordView) => ({
  category: input.category,
  minutes: minutesOf(input),
  performedOn: input.performedOn,
  municipality: { scheme: 'jis-x-0402', code: input.municipality },
  nonce: nonce(),
  createdAt: toDatetime(deps.clock.civilMs()),
  ...(input.hostBody === '' ? {} : { hostBody: input.hostBody }),
  ...(input.beneficiary === ''
    ? {}
    : { beneficiaries: [{ class: input.beneficiary, ...(input.beneficiary === 'unnamed' ? { count: 1 } : {}) }] }),
  ...(input.note === '' ? {} : { note: input.note }),
})

export type Recorded = { readonly ok: true; readonly rkey: string } | { readonly ok: false; readonly errors: readonly RecordError[] }

/** Writes the act and waits a moment for the books to see it. What the PDS says no to is an error of the form, with nothing written. */
export const recordAct = async (deps: PagesDeps, session: Session, view: RecordView): Promise<Recorded> => {
  const errors = errorsOf(view)
  if (errors.length > 0) return { ok: false, errors }
  try {
    const { uri, cid } = await deps.writes.createRecordFor(session, nsid.action, recordOf(deps, view))
    await untilBooked(deps, uri, cid)
    return { ok: true, rkey: splitAtUri(uri).rkey }
  } catch (error) {
    if (!(error instanceof PdsRefused)) throw error
    deps.log.warn('record.refused', { status: error.status, code: error.error })
    const message = {
      ja: `記録の置き場（PDS）が受け取りませんでした。何も書き込まれていません。（${error.error}）`,
      en: `Your server (PDS) did not take it. Nothing was written. (${error.error})`,
    }
    return { ok: false, errors: [{ field: 'category', message }] }
  }
}
