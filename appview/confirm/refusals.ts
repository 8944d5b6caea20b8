// Why a private confirmation is not taken, in order of precedence: where two apply, the one further up is told. `error` is the name in XRPC.

export const CONFIRM_REFUSALS = [
  {
    code: 'confirm.not-found',
    status: 404,
    error: 'NotFound',
    ja: 'この記録はありません。取り下げられたか、まだ届いていません。',
    en: 'There is no such act; it was withdrawn, or has not arrived yet.',
  },
  {
    code: 'confirm.changed',
    status: 409,
    error: 'Changed',
    ja: 'この記録は、見たあとで直されました。もう一度開いて、いまの内容を確かめてください。',
    en: 'The act was changed since it was shown. Open it again and look at what it says now.',
  },
  {
    code: 'confirm.own-act',
    status: 400,
    error: 'OwnAct',
    ja: '自分の行動は、自分では確かめられません。相手の方に見せてください。',
    en: 'An act is confirmed by somebody else than its giver. Show it to the other person.',
  },
  {
    code: 'confirm.not-entitled',
    status: 403,
    error: 'NotEntitled',
    ja: 'この記録を確かめられるのは、書かれた方か、コードを見せてもらった方です。',
    en: 'Who may confirm this act is named in it, or was shown its code.',
  },
  {
    code: 'confirm.not-admitted',
    status: 403,
    error: 'NotAdmitted',
    ja: '確かめるには、自治体での登録が要ります。窓口で登録してください。',
    en: 'To confirm one has to be admitted by a municipality. Ask at its desk.',
  },
  {
    code: 'confirm.suspended',
    status: 403,
    error: 'Suspended',
    ja: '裁定を受けて、確認することを止められています。お知らせをご覧ください。',
    en: 'Your confirming is suspended after a ruling. See your notices.',
  },
  {
    code: 'confirm.same-household',
    status: 403,
    error: 'SameHousehold',
    ja: '同じ世帯の方の行動は、確かめられません。',
    en: 'Acts of one’s own household are confirmed by somebody else.',
  },
  {
    code: 'confirm.closed',
    status: 409,
    error: 'Closed',
    ja: 'この記録は、もう確かめを待っていません。',
    en: 'This act no longer waits for a confirmation.',
  },
  {
    code: 'confirm.minutes',
    status: 400,
    error: 'MinutesOutOfRange',
    ja: '時間は、記録された分数までの数字で入れてください。',
    en: 'Minutes are a whole number, no more than were recorded.',
  },
  {
    code: 'confirm.witness-minutes',
    status: 403,
    error: 'WitnessSaysLess',
    ja: '見ていた方は、記録より短い時間では確かめられません。短かったときは、受け手か窓口に伝えてください。',
    en: 'Who only saw it confirms all of the time. If it was shorter, tell who received it, or the desk.',
  },
  {
    code: 'confirm.already-answered',
    status: 409,
    error: 'AlreadyAnswered',
    ja: 'この記録には、すでに答えています。',
    en: 'You have answered this act already.',
  },
  {
    code: 'confirm.town-cannot-publish',
    status: 503,
    error: 'TownCannotPublish',
    ja: 'この自治体では、いまは非公開で確かめられません。窓口にお知らせください。何も書き込まれていません。',
    en: 'This municipality cannot publish private confirmations now. Tell its desk. Nothing was written.',
  },
] as const

export type ConfirmRefusal = (typeof CONFIRM_REFUSALS)[number]
export type ConfirmCode = ConfirmRefusal['code']

export const confirmRefusal = (code: ConfirmCode): ConfirmRefusal => {
  const row = CONFIRM_REFUSALS.find((one) => one.code === code)
  if (row === undefined) throw new Error(`no refusal ${code}`)
  return row
}
