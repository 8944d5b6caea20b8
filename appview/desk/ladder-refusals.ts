// Why the desk takes or decides no appeal, suspends nobody and tells no outage, in order of precedence; a part of the desk's table.

import { NO_DID } from './no-did.ts'

export const ladderRefusals = [
  [
    'appeal.reason-missing',
    '申し立ての内容か、決定の理由がありません。',
    'What is said against the ruling, or the reason of the decision, is missing.',
  ],
  ['appeal.outcome-unknown', '決定は、裁定を維持するか、記帳を戻すかのどちらかです。', 'An appeal is decided by “upheld” or “restored”.'],
  [
    'appeal.no-upheld-ruling',
    '不服を申し立てられるのは、この自治体が行動を取り消した裁定で、その行動の記録が残っているものです。',
    'Only a ruling of this municipality that took back an act still there can be appealed against.',
  ],
  ['appeal.decided', 'この裁定への不服申し立ては、すでに決定されています。', 'An appeal against this ruling has been decided already.'],
  ['appeal.already-open', 'この裁定には、すでに不服申し立てがあります。', 'An appeal against this ruling is open already.'],
  ['appeal.too-late', '不服を申し立てられるのは、裁定から30日以内です。', 'An appeal comes within 30 days of the ruling.'],
  ['appeal.none-open', '決定を待つ不服申し立てがありません。', 'No appeal against this ruling is open.'],
  ['appeal.own-act', '自分のかかわる行動の不服申し立ては、決定できません。', 'Nobody decides an appeal about an act of their own.'],
  ['appeal.same-persons', '裁定をした人は、不服申し立てを決定できません。', 'Who ruled the first time does not decide the appeal.'],
  ['appeal.already-proposed', 'この不服申し立てには、すでに決定案があります。', 'A decision of this appeal has been proposed already.'],
  [
    'suspension.reason-missing',
    '確認を止める理由か、解除する理由がありません。',
    'The reason of the suspension, or of its end, is missing.',
  ],
  ['suspension.did-invalid', ...NO_DID],
  ['suspension.date-impossible', '終わりの日が、存在しない日付です。', 'Its last day does not exist.'],
  ['suspension.over-already', '停止の終わりの日が、すでに過ぎています。', 'Its last day is over already.'],
  ['suspension.too-long', '確認を止められるのは、180日までです。', 'Confirming is suspended for 180 days at most.'],
  [
    'suspension.no-upheld-ruling',
    '確認を止めるもとになる裁定がないか、取り消されています。',
    'There is no upheld ruling it could rest on, or it was taken back.',
  ],
  [
    'suspension.not-a-party',
    'この方は、裁定のあった行動をした方でも、確認した方でもありません。',
    'This person neither gave nor confirmed the action of the ruling.',
  ],
  ['suspension.not-resident', '今日この自治体に登録されていない方です。', 'This person is not admitted to this municipality today.'],
  [
    'suspension.own-matter',
    '自分、同じ世帯の方、自分のかかわる行動については、決められません。',
    'Nobody decides about themself, their household or an act of their own.',
  ],
  ['suspension.repeated', 'この裁定によって、すでにこの方の確認を止めています。', 'This person was suspended for this ruling already.'],
  ['suspension.none-running', 'この方の確認は、止められていません。', 'No such suspension is running.'],
  [
    'suspension.already-proposed',
    'すでに同じ案が、二人目の承認を待っています。',
    'The same is proposed already and waits for a second person.',
  ],
  [
    'outage.date-impossible',
    '存在しない日付か、終わりが始まりより前です。',
    'A date does not exist, or the end lies before the beginning.',
  ],
  ['outage.too-long', '障害のお知らせは、一件で31日までです。', 'A notice of an outage covers 31 days at most.'],
  ['outage.not-begun', '障害がまだ始まっていません。', 'The outage has not begun yet.'],
  ['outage.too-late', '障害のお知らせは、終わりから30日以内に出します。', 'A notice of an outage comes within 30 days of its end.'],
] as const
