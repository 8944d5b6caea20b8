// Where a record stands, and what is still possible: one place for the sentences that rows and traces say.

import { dayOf } from '../../journal/calendar.ts'
import type { ActionView } from '../../queries/views.ts'
import type { Words } from './lang.ts'
import type { RecordState } from './acts.ts'
import { dateText } from './parts/date.ts'

export type Prospect = { readonly kind: 'ok' | 'warn' | 'bad' | 'calm'; readonly title: Words; readonly sentence: Words }

export const stateOf = ({ state }: Pick<ActionView, 'state'>, isAdmitted: boolean): RecordState => {
  if (state === 'open') return isAdmitted ? 'waiting' : 'not-admitted'
  return state === 'deleted' ? 'withdrawn' : state
}

const AGAIN: Words = {
  ja: '直して、もう一度記録できます。この記録は消しても残してもかまいません。',
  en: 'You can mend it and record it again. This record may stay or go.',
}

/** What a sentence may speak of: the day before which it must be confirmed, and the minutes that count. */
type Told = { readonly action: ActionView; readonly by: Words; readonly minutes: number }

const tell: Readonly<Record<RecordState, (told: Told) => Prospect>> = {
  recognised: ({ action, minutes }) => ({
    kind: 'ok',
    title: { ja: `この${minutes}分は、決算書に入っています`, en: `These ${minutes} minutes are in the statement` },
    sentence: action.disputed
      ? {
          ja: '申し立てが出ています。結論が出るまで、このまま含めます。',
          en: 'It is disputed; until that is decided it stays included.',
        }
      : { ja: '記録から仕訳まで、途切れずにつながっています。', en: 'From the record to the entry the path is unbroken.' },
  }),
  waiting: ({ by }) => ({
    kind: 'calm',
    title: { ja: '確認を待っています', en: 'Waiting to be confirmed' },
    sentence: {
      ja: `${by.ja}になる前に、受けた方か受入機関、市町が確かめると、決算書に入ります。`,
      en: `It enters the statement when whoever received it, the host body or the municipality confirms it before ${by.en}.`,
    },
  }),
  'not-admitted': ({ by }) => ({
    kind: 'calm',
    title: { ja: '住民としての登録を待っています', en: 'Waiting for you to be admitted' },
    sentence: {
      ja: `市町があなたを住民として登録し、${by.ja}になる前に確認されると、決算書に入ります。市町に伝えてください。`,
      en: `It enters the statement when a municipality admits you and it is confirmed before ${by.en}. Tell your municipality.`,
    },
  }),
  lapsed: ({ by }) => ({
    kind: 'warn',
    title: { ja: '確認の期限が過ぎました', en: 'It was not confirmed in time' },
    sentence: {
      ja: `${by.ja}までに確認がありませんでした。記録できる期間のうちなら、もう一度記録して確かめてもらえます。`,
      en: `Nobody confirmed it before ${by.en}. If its day can still be claimed, record it again and have it confirmed.`,
    },
  }),
  rejected: () => ({
    kind: 'bad',
    title: { ja: '「心当たりがない」との回答がありました', en: 'Somebody does not recognise it' },
    sentence: {
      ja: '数えていません。まちがいなら相手と話し、正しい内容でもう一度記録できます。',
      en: 'It does not count. If that is a mistake, talk to them and record it again as it was.',
    },
  }),
  reversed: () => ({
    kind: 'bad',
    title: { ja: '裁定によって取り消されました', en: 'Reversed by a ruling' },
    sentence: { ja: '仕訳は、反対の仕訳で打ち消されています。', en: 'Its entry is offset by a contrary one.' },
  }),
  withdrawn: () => ({
    kind: 'calm',
    title: { ja: '取り下げた記録です', en: 'You withdrew this record' },
    sentence: { ja: '内容は消えています。', en: 'Its content is gone.' },
  }),
  refused: ({ action }) => ({
    kind: 'bad',
    title: { ja: 'この記録は数えられません', en: 'This record does not count' },
    sentence: { ja: `${action.refusal?.sentence.ja ?? ''}${AGAIN.ja}`, en: `${action.refusal?.sentence.en ?? ''} ${AGAIN.en}`.trim() },
  }),
}

/** The sentence of the result, and what can be done next. */
export const prospectOf = (action: ActionView, state: RecordState): Prospect => {
  const day = dayOf(action.lapsesAt)
  const by: Words = { ja: dateText('ja', day), en: dateText('en', day) }
  return tell[state]({ action, by, minutes: action.recognisedMinutes ?? action.minutes })
}
