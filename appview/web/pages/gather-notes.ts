// The notes of a town's statements: by which rules, known when, what is not in the figures, and what the figures are not.

import type { Period } from '../../journal/calendar.ts'
import type { RateTable } from '../../journal/documents.ts'
import { compareBytes } from '../../journal/units.ts'
import { namedTablesOf, rateTablesOf } from '../../queries/rates-of-year.ts'
import { SMALL_GROUP, SMALL_SENSITIVE_GROUP } from '../../statements/small-groups.ts'
import type { PagesDeps } from './deps.ts'
import type { TownAnswers } from './gather-town.ts'
import { LACKING_TITLE, lackingOf, lackingText } from './lacking-notice.ts'
import { say } from './lang.ts'
import type { Lang, Words } from './lang.ts'
import { dateText, instantText } from './parts/date.ts'
import { numText } from './parts/figure.ts'
import type { NoteView } from './statement.ts'
import { todayOf } from './deps.ts'

const note = (title: Words, ja: string, en: string): NoteView => ({ title, text: { ja, en } })
const fieldsOf = (value: unknown): ReadonlyMap<string, unknown> =>
  new Map(typeof value === 'object' && value !== null ? Object.entries(value) : [])
const textOf = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')

const policyNote = (value: unknown): NoteView => {
  const policy = fieldsOf(value)
  const [from, days, level] = [textOf(policy.get('effectiveFrom')), textOf(policy.get('claimDays')), textOf(policy.get('timeLevel'))]
  const since = from === '' ? { ja: '', en: '' } : { ja: `${dateText('ja', from)}から。`, en: ` From ${dateText('en', from)}.` }
  const until = days === '' ? { ja: '', en: '' } : { ja: `確認の期限は${days}日。`, en: ` Acts are to be confirmed within ${days} days.` }
  const least =
    level === '' ? { ja: '', en: '' } : { ja: `確認の段階は${level}以上。`, en: ` Confirmations of level ${level} or above count.` }
  return note(
    { ja: '方針', en: 'Policy' },
    policy.size === 0 ? 'まだ定められていません。' : `時間だけを記録し、和貨は交付しません。${least.ja}${until.ja}${since.ja}`,
    policy.size === 0 ? 'None is set yet.' : `Time only; no points are granted.${least.en}${until.en}${since.en}`,
  )
}

type Tables = {
  readonly tables: readonly RateTable[]
  /** The statement names one that is none of these. */
  readonly hasUnknown: boolean
  readonly isYenShown: boolean
  /** The first day of the statement. */
  readonly from: string
}

/** Each table with its first day, where there are several or the first comes later; and why no yen stand beside the minutes, where they do not. */
const ratesNote = ({ tables, hasUnknown, isYenShown, from: firstDay }: Tables): NoteView => {
  const title = { ja: '単価表', en: 'Rate table' }
  const isWhole = tables.length === 1 && (tables[0]?.validFrom ?? '') <= firstDay
  if (tables.length === 0 && hasUnknown)
    return note(title, 'この帳簿にない単価表が示されています。', 'It names a rate table that these books do not have.')
  if (tables.length === 0) return note(title, 'まだ定められていません。参考円は0です。', 'None is set yet; reference yen are 0.')
  const told = (lang: Lang): string =>
    tables
      .map(({ validFrom, yenPerHour }) => {
        const yen = [...new Set(Object.values(yenPerHour))]
          .toSorted((a, b) => a - b)
          .map(numText)
          .join('・')
        const from = dateText(lang, validFrom)
        const since = isWhole ? '' : say(lang, { ja: `${from}から`, en: ` from ${from}` })
        return say(lang, { ja: `${since}1時間 ${yen}円`, en: `¥${yen} an hour${since}` })
      })
      .join(say(lang, { ja: '、', en: ', ' }))
  const why = isYenShown ? { ja: '', en: '' } : NO_YEN
  return {
    ...note(title, `${told('ja')}。個人の賃金は使いません。${why.ja}`, `${told('en')}. Nobody’s own wage is used.${why.en}`),
    source: [...new Set(tables.map(({ source }) => source))].join('、'),
  }
}

const NO_YEN = {
  ja: '参考円は載せていません。単価が一つではなく、合計から人数の少ない分が計算できることがあるためです。',
  en: ' Reference yen are not shown: there is more than one rate, so that from sums it could be reckoned what few people gave.',
}

type Noted = { readonly notes: Readonly<Record<string, number>>; readonly roster: string }

const TOO_FEW = { ja: '人数が少ないため、または月の速報のため、載せていません。', en: 'Not shown: too few people, or a provisional month.' }

const countNotes = ({ notes }: Noted, { area }: TownAnswers): NoteView[] => {
  const of = (name: string): number => notes[name] ?? 0
  const hasDisputed = notes['disputedMinutesGiven'] !== undefined
  const isClaimed = notes['unconfirmedMinutes'] !== undefined
  const acts = area.acts.given
  return [
    note(
      { ja: '未確認の提供', en: 'Not confirmed yet' },
      isClaimed ? `${numText(of('unconfirmedMinutes'))}分。この決算書には含めていません。` : TOO_FEW.ja,
      isClaimed ? `${numText(of('unconfirmedMinutes'))} minutes, not included here.` : TOO_FEW.en,
    ),
    note(
      { ja: '申し立て中', en: 'Under dispute' },
      of('openDisputes') === 0
        ? 'ありません。'
        : `${of('openDisputes')}件${hasDisputed ? `、${numText(of('disputedMinutesGiven'))}分` : ''}。結論が出るまで含めています。`,
      of('openDisputes') === 0
        ? 'None.'
        : `${of('openDisputes')}${hasDisputed ? `, ${numText(of('disputedMinutesGiven'))} minutes` : ''}, included until decided.`,
    ),
    note(
      { ja: '人数の少ない分類', en: 'Small groups' },
      `${SMALL_GROUP}人未満（健康・高齢者・障害者・子供は${SMALL_SENSITIVE_GROUP}人未満）の分類は「その他」に合わせます。合わせた分類：${of('mergedCategories')}。`,
      `Categories of fewer than ${SMALL_GROUP} people (${SMALL_SENSITIVE_GROUP} for health, older people, disability and children) stand within “Other”. Merged here: ${of('mergedCategories')}.`,
    ),
    note(
      { ja: '人数と件数', en: 'People and records' },
      `${numText(area.persons)}人、${numText(acts)}件の確かめられた行動。`,
      `${numText(area.persons)} people, ${numText(acts)} confirmed acts.`,
    ),
  ]
}

/** Which version, and why there is more than one. */
const versionNotes = ({ area }: TownAnswers): NoteView[] => {
  const { sealed } = area
  if (sealed === null) return []
  const { version, reason, closing, gaps } = sealed
  const [ja, en] = [instantText('ja', closing.recordedAt), instantText('en', closing.recordedAt)]
  const [because, forReason] = reason === null ? ['', ''] : [`改めた理由：${reason}。`, ` Restated: ${reason}.`]
  const [without, lacking] = gaps === 0 ? ['', ''] : [`${gaps}人分の記録が届いていません。`, ` Records of ${gaps} could not be had.`]
  return [
    note(
      { ja: '版', en: 'Version' },
      `第${version}版。${ja}に公表されました。${because}${without}`,
      `Version ${version}, published ${en}.${forReason}${lacking}`,
    ),
  ]
}

/** Those that the statement names, by their first days: the town's own, or those of what it has become. */
const tablesOf = async ({ books }: PagesDeps, code: string, { statement }: TownAnswers['area']): Promise<Tables> => {
  const cids = 'hidden' in statement ? [] : statement.rateCids
  const all = new Map([...(await rateTablesOf(books, code)), ...(await namedTablesOf(books, code))].map((table) => [table.cid, table]))
  const tables = [...all.values()].filter(({ cid }) => cids.includes(cid)).toSorted((a, b) => compareBytes(a.validFrom, b.validFrom))
  const isYenShown = 'hidden' in statement || !(statement.units.JPY.leftOut ?? []).includes('PL')
  return { tables, hasUnknown: cids.length > tables.length, isYenShown, from: statement.period.from }
}

export const notesOf = async (deps: PagesDeps, code: string, answers: TownAnswers, period: Period): Promise<NoteView[]> => {
  const { statement } = answers.area
  const today = todayOf(deps)
  const { policy } = await deps.queries.policyOf(code, period.through < today ? period.through : today)
  const { origin, leaf, instant } = statement.knownAt
  const lacking = await lackingOf(deps, [code], answers.area.sealed !== null)
  const noted: Noted = 'hidden' in statement ? { notes: {}, roster: statement.roster } : statement
  return [
    policyNote(policy?.value),
    ratesNote(await tablesOf(deps, code, answers.area)),
    ...versionNotes(answers),
    note(
      { ja: 'いつまでの記録か', en: 'Known at' },
      `${instantText('ja', instant)}までに記録簿 ${origin} に入ったもの（葉${numText(leaf)}まで）。それより後の確認は含めていません。`,
      `What stood in the log ${origin} by ${instantText('en', instant)} (up to leaf ${numText(leaf)}). Later confirmations are not included.`,
    ),
    ...countNotes(noted, answers),
    ...(lacking === 0 ? [] : [{ title: LACKING_TITLE, text: lackingText(lacking) }]),
    note(
      { ja: '名簿', en: 'Roster' },
      `どの団体を自治体とみなすかの名簿。要約値 ${statement.roster}`,
      `Who speaks for which municipality. Hash ${statement.roster}`,
    ),
    note(
      { ja: '法的な意味', en: 'What it is not' },
      '分と参考円は、法的な債権・債務ではありません。',
      'Minutes and reference yen are no legal claims or debts.',
    ),
  ]
}
