// What a notice says, in both languages. It names an act by its day, kind and length, and never a person.

import { deskSentence } from '../../../desk/refusals.ts'
import { fieldsOf } from '../../../journal/fields.ts'
import type { Json } from '../../../journal/model.ts'
import { sentenceOf } from '../../../journal/refusals.ts'
import type { NoticeKind } from '../../../store/notices.ts'
import type { Lang, Words } from '../lang.ts'
import { dateText, fiscalYearText } from '../parts/date.ts'
import { durationText } from '../parts/figure.ts'
import { categoryName } from '../words.ts'

type Details = Readonly<Record<string, Json>>

const text = (value: Json | undefined): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')

const day = (lang: Lang, value: Json | undefined): string => dateText(lang, text(value))
const year = (lang: Lang, value: Json | undefined): string => fiscalYearText(lang, Number(text(value)))
const length = (lang: Lang, value: Json | undefined): string => durationText(lang, Number(text(value)))

const act = (lang: Lang, { performedOn, category, minutes }: Details): string => {
  const name = categoryName(text(category))[lang]
  if (lang === 'ja') return `${day(lang, performedOn)}の「${name}」${length(lang, minutes)}`
  return `“${name}” (${length(lang, minutes)}, ${day(lang, performedOn)})`
}

const ofAct =
  (ja: (act: string, detail: Details) => string, en: (act: string, detail: Details) => string) =>
  (detail: Details): Words => ({ ja: ja(act('ja', detail), detail), en: en(act('en', detail), detail) })

const DRAFTS: Readonly<Record<string, Words>> = {
  stamps: { ja: 'スタンプ台帳', en: 'A stamp sheet' },
  ruling: { ja: '裁定', en: 'A ruling' },
  opening: { ja: '開始残高', en: 'Opening balances' },
  appeal: { ja: '不服申し立ての決定', en: 'The decision of an appeal' },
  suspension: { ja: '確認の停止', en: 'A suspension of confirming' },
  suspensionEnd: { ja: '確認の停止の解除', en: 'The end of a suspension' },
}

const NOT_PUBLISHED_AT_ALL: Words = {
  ja: '公開できなかった記録があります。運用担当者に伝えてください。',
  en: 'A record could not be published. Tell the operator.',
}

const NOT_PUBLISHED: Readonly<Record<string, Words>> = {
  superseded: {
    ja: '公開しなかった記録があります。窓口が決めたあと、同じ記録に別の内容が先に公開されていました。今の内容を確かめ、必要ならもう一度決めてください。',
    en: 'A record was not published: after the desk had decided, another word was published in its place first. Look at what stands there now, and decide again if need be.',
  },
  late: {
    ja: '公開されるのを長く待っている記録があります。書き込み先のサーバーが受け付けていません。運用担当者に伝えてください。',
    en: 'Records have long been waiting to be published: the server they are written to does not take them. Tell the operator.',
  },
}

const table: Readonly<Record<NoticeKind, (detail: Details) => Words>> = {
  asked: ofAct(
    (what) => `${what}が、あなたへの行動として記録されました。確認をお願いします。`,
    (what) => `${what} was recorded as done for you. Please confirm it.`,
  ),
  confirmed: ofAct(
    (what) => `${what}が確認され、記帳されました。`,
    (what) => `${what} was confirmed and is in the books.`,
  ),
  partly: ofAct(
    (what, { confirmed }) => `${what}のうち、${length('ja', confirmed)}が確認され、記帳されました。`,
    (what, { confirmed }) => `${length('en', confirmed)} of ${what} were confirmed and are in the books.`,
  ),
  disputed: ofAct(
    (what) => `${what}に、申し立てがありました。自治体の窓口が調べます。`,
    (what) => `${what} is disputed. The municipality’s desk looks into it.`,
  ),
  lapsed: ofAct(
    (what) => `${what}は、期限までに確認されなかったため、記帳されません。`,
    (what) => `${what} was not confirmed in time, and is not booked.`,
  ),
  upheld: ofAct(
    (what, { appealUntil }) =>
      `${what}への申し立てが認められ、記帳が取り消されました。${text(appealUntil) === '' ? '' : `不服は、${day('ja', appealUntil)}まで、自治体の窓口に申し立てられます。`}`,
    (what, { appealUntil }) =>
      `The dispute of ${what} was upheld; its entry is taken back.${text(appealUntil) === '' ? '' : ` You can appeal at the municipality’s desk until ${day('en', appealUntil)}.`}`,
  ),
  dismissed: ofAct(
    (what) => `${what}への申し立ては認められず、記帳はそのままです。`,
    (what) => `The dispute of ${what} was dismissed; its entry stands.`,
  ),
  appealed: ofAct(
    (what) => `${what}についての裁定に、不服の申し立てがありました。裁定をした人とは別の二人が決めます。`,
    (what) => `There is an appeal against the ruling on ${what}. Two people who did not rule decide it.`,
  ),
  upheldAgain: ofAct(
    (what) => `${what}についての不服の申し立ては認められず、記帳は取り消されたままです。`,
    (what) => `The appeal about ${what} was not upheld; its entry stays taken back.`,
  ),
  restored: ofAct(
    (what) => `${what}についての不服の申し立てが認められ、もう一度記帳されました。`,
    (what) => `The appeal about ${what} was upheld; it is in the books again.`,
  ),
  suspended: (detail) => {
    const { until, appealUntil, performedOn } = detail
    const why = (lang: Lang): string => (text(performedOn) === '' ? '' : act(lang, detail))
    return {
      ja: `${why('ja') === '' ? '' : `あなたがしたか確認した${why('ja')}の記帳が、裁定で取り消されました。`}このため、${day('ja', until)}まで、あなたの確認は数えられません。これまでの確認は、そのままです。${text(appealUntil) === '' ? '' : `裁定への不服は、${day('ja', appealUntil)}まで、自治体の窓口に申し立てられます。`}理由は、窓口におたずねください。`,
      en: `${why('en') === '' ? '' : `A ruling took back ${why('en')}, which you gave or confirmed. `}So what you confirm does not count until ${day('en', until)}; what you confirmed before stands. Ask the municipality’s desk for the reasons${text(appealUntil) === '' ? '' : `; you can appeal against the ruling there until ${day('en', appealUntil)}`}.`,
    }
  },
  suspensionEnded: () => ({
    ja: '確認の停止が解除されました。これからの確認は、また数えられます。止められている間の確認は、もう一度してください。',
    en: 'The suspension of your confirming has ended: what you confirm counts again. What you confirmed meanwhile has to be confirmed anew.',
  }),
  admitted: ({ from }) => ({
    ja: `${day('ja', from)}から、この自治体の和記に登録されました。`,
    en: `From ${day('en', from)} on you take part in this municipality’s Waki.`,
  }),
  moved: ({ from }) => ({
    ja: `${day('ja', from)}から、登録の自治体が変わりました。`,
    en: `From ${day('en', from)} on you belong to this municipality.`,
  }),
  draftWaiting: ({ draft }) => {
    const name = DRAFTS[text(draft)] ?? { ja: '下書き', en: 'A draft' }
    return { ja: `${name.ja}が、二人目の承認を待っています。`, en: `${name.en} waits for a second person.` }
  },
  flags: ({ day: on, count }) => ({
    ja: `${day('ja', on)}の記録に、見直しの印が${text(count)}件あります。`,
    en: `${text(count)} flags to look at, of ${day('en', on)}.`,
  }),
  notPublished: ({ reason }) => NOT_PUBLISHED[text(reason)] ?? NOT_PUBLISHED_AT_ALL,
  recordRefused: ({ code }) => ({
    ja: `窓口から公開した記録を、帳簿が受け付けませんでした。${sentenceOf(text(code))?.ja ?? ''}`,
    en: `The books did not take a record that the desk published. ${sentenceOf(text(code))?.en ?? ''}`,
  }),
  jobFailed: ({ code }) => ({
    ja: `頼んだ作業ができませんでした。${deskSentence(text(code))?.ja ?? ''}`,
    en: `A job was not done. ${deskSentence(text(code))?.en ?? ''}`,
  }),
  closed: ({ fiscalYear }) => ({
    ja: `${year('ja', fiscalYear)}が締め切られ、決算書が公開されました。`,
    en: `The books of ${year('en', fiscalYear)} are closed; the statements are published.`,
  }),
  restated: ({ fiscalYear, version }) => ({
    ja: `${year('ja', fiscalYear)}の決算書の第${text(version)}版が公開されました。`,
    en: `Version ${text(version)} of the statements of ${year('en', fiscalYear)} is published.`,
  }),
}

export const sentenceOfNotice = (kind: NoticeKind, detail: Json): Words => table[kind](fieldsOf(detail) ?? {})
