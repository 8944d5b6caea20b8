// What kinds of entries are called in exported journals.

import type { Words } from '../statements/words.ts'

const names: Readonly<Record<string, Words>> = {
  claim: { ja: '行動の申告', en: 'Act claimed' },
  'memo-release': { ja: '申告の消し込み', en: 'Claim released' },
  'claim-lapse': { ja: '申告の期限切れ', en: 'Claim lapsed' },
  recognise: { ja: '行動の認識', en: 'Act recognised' },
  'recognise-prior': { ja: '過年度の行動の認識', en: 'Act of an earlier year recognised' },
  erasure: { ja: '記録の消去', en: 'Erasure' },
  opening: { ja: '開始残高', en: 'Opening balance' },
  merger: { ja: '市町村の合併', en: 'Merger of municipalities' },
  retract: { ja: '認識の取消し', en: 'Recognition retracted' },
  reversal: { ja: '反対仕訳', en: 'Reversal' },
  restore: { ja: '取消しの取消し（不服申し立てによる）', en: 'Booked again on appeal' },
  'opening-balance': { ja: '前期からの繰越', en: 'Balances brought forward' },
  unnamed: { ja: '名前を出さずにしていただいたこと', en: 'Received without being named' },
  withheld: { ja: '取り下げられた記録の合計（明細なし）', en: 'Sum of withdrawn records (no details)' },
  move: { ja: '転出入', en: 'Change of residence' },
}

/** A kind that is new here goes by its own name. */
export const kindName = (kind: string): Words => names[kind] ?? { ja: kind, en: kind }
