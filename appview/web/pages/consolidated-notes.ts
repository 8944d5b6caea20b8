// The notes of several municipalities as one: who is in it, known when, how it was added up, and what is left out and why.

import type { Consolidation } from '../../statements/consolidation.ts'
import { isLeftOut } from '../../statements/lines.ts'
import { SMALL_GROUP, SMALL_SENSITIVE_GROUP } from '../../statements/small-groups.ts'
import type { TownShown } from '../../statements/worksheet-plan.ts'
import type { Words } from './lang.ts'
import { instantText } from './parts/date.ts'
import { numText } from './parts/figure.ts'
import type { NoteView } from './statement.ts'

const note = (title: Words, ja: string, en: string): NoteView => ({ title, text: { ja, en } })

export const consolidatedNotes = (consolidation: Consolidation, towns: readonly TownShown[]): NoteView[] => {
  const { members, knownAt, roster, units, level } = consolidation
  const { origin, leaf, instant } = knownAt
  const few = towns.filter(({ code, level: shown }) => members.includes(code) && shown !== 'parts').length
  return [
    note(
      { ja: 'いつまでの記録か', en: 'Known at' },
      `${instantText('ja', instant)}までに記録簿 ${origin} に入ったもの（葉${numText(leaf)}まで）。それより後の確認は含めていません。`,
      `What stood in the log ${origin} by ${instantText('en', instant)} (up to leaf ${numText(leaf)}). Later confirmations are not included.`,
    ),
    note(
      { ja: 'あわせ方', en: 'How it is added up' },
      '行動ひとつごとに、域内でした分と域内でしていただいた分の少ないほうを相殺消去します。',
      'Act by act, the lesser of what was given and what was received within is eliminated.',
    ),
    note(
      { ja: '載せていないもの', en: 'Left out' },
      `${hiddenText('ja', units.MIN.areas.leftOut ?? [])}住民の残高、分類ごとの内訳${level === 'federation' ? '' : '、清算の残高'}。転出入した人や人数の少ない市町の分が、差し引きでわからないようにするためです。${few === 0 ? '' : `このうち${numText(few)}市町は、人数が少ないため（${SMALL_GROUP}人未満、健康・高齢者・障害者・子供は${SMALL_SENSITIVE_GROUP}人未満）自分の決算書でも分けて載せていません。`}`,
      `${hiddenText('en', units.MIN.areas.leftOut ?? [])}Residents’ balances, categories${level === 'federation' ? '' : ', and the clearing'}: by subtraction they would tell of those who moved and of small municipalities.${few === 0 ? '' : ` Of these municipalities ${numText(few)} have too few people (fewer than ${SMALL_GROUP}; ${SMALL_SENSITIVE_GROUP} for health, older people, disability and children) to show all lines of their own.`}`,
    ),
    note(
      { ja: '参考円', en: 'Reference yen' },
      isLeftOut(units.JPY.areas, 'PL')
        ? '市町によって単価が違うか、途中や締切りのあとで変わったため、載せていません。'
        : 'すべての市町で単価が同じなので、分と同じことを表します。',
      isLeftOut(units.JPY.areas, 'PL')
        ? 'Left out: rates differ between municipalities, or have changed within the year or since it was closed.'
        : 'All municipalities have one rate, so yen tell the same as minutes.',
    ),
    note(
      { ja: '名簿', en: 'Roster' },
      `どの団体を自治体とみなすかの名簿。要約値 ${roster}`,
      `Who speaks for which municipality. Hash ${roster}`,
    ),
    note(
      { ja: '法的な意味', en: 'What it is not' },
      '分と参考円は、法的な債権・債務ではありません。',
      'Minutes and reference yen are no legal claims or debts.',
    ),
  ]
}

const LINES: readonly (readonly [string, Words])[] = [
  ['4110', { ja: '和の提供', en: 'what was given' }],
  ['5110', { ja: '享受と公共受入', en: 'what people and the public received' }],
  ['4190', { ja: '過年度の行', en: 'lines of prior periods' }],
]

const hiddenText = (lang: 'ja' | 'en', leftOut: readonly string[]): string => {
  const names = LINES.filter(([account]) => leftOut.includes(account) || leftOut.includes('PL')).map(([, name]) => name[lang])
  if (names.length === 0) return ''
  return lang === 'ja' ? `人数が少ない${names.join('、')}。` : `Too few people: ${names.join(', ')}. `
}
