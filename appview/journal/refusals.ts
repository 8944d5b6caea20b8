// Every reason why a row gives no entry, in order of precedence: where two apply, the one further up is told. Each with its sentence.

const table = [
  ['record.malformed', '記録の必須項目がないか、形が正しくありません。', 'A field the books need is missing or has the wrong form.'],
  ['record.repeated', '同じ記録がすでに記帳されています。', 'The same record is in the books already.'],
  [
    'town.not-in-roster',
    'この記録は、名簿にある自治体のものだけが有効です。',
    'This kind of record counts only from a municipality on the roster.',
  ],
  [
    'town.code-mismatch',
    '団体コードが、名簿でこの自治体に定められたものと違います。',
    'The code is not the one the roster gives this municipality.',
  ],
  ['town.code-invalid', '団体コードの検査数字が正しくありません。', 'The municipality code has a wrong check digit.'],
  ['town.date-impossible', '存在しない日付か、終わりが始まりより前です。', 'A date does not exist, or the end lies before the beginning.'],
  ['town.rate-malformed', '単価は、分類ごとに一度、0円以上の整数で示します。', 'Rates are whole yen, zero or more, one per category.'],
  [
    'town.predecessor-unknown',
    '前の自治体が、この帳簿に参加していないか、自分自身です。',
    'A predecessor is not part of these books, or is this municipality itself.',
  ],
  [
    'town.merged-already',
    '合併の当事者が、すでに別の自治体に引き継がれています。',
    'One of the municipalities has become part of another already.',
  ],
  [
    'town.predecessor-not-agreed',
    '前の自治体が、別の引継ぎ先を示しているか、同意を示さないまま、異議を述べられる30日がありません。',
    'A predecessor names another successor, or has not agreed and has less than 30 days to object.',
  ],
  ['outage.too-long', '障害のお知らせは、一件で31日までです。', 'A notice of an outage covers 31 days at most.'],
  ['outage.not-begun', '障害がまだ始まっていません。', 'The outage has not begun yet.'],
  ['outage.too-late', '障害のお知らせは、終わりから30日以内に出します。', 'A notice of an outage comes within 30 days of its end.'],
  [
    'host.resident-elsewhere',
    'この方は別の自治体に登録されています。受入機関にするのは、その自治体です。',
    'This one belongs to another municipality: only that one can make them a host body first.',
  ],
  ['admission.already-admitted', 'この方はすでにこの自治体に登録されています。', 'This person is admitted to this municipality already.'],
  [
    'admission.fixed',
    '登録の対象者と開始日は変えられません。終了日だけを変えるか、削除して新しく登録します。',
    'Subject and first day of an admission cannot be changed; change its last day, or delete it and write another.',
  ],
  ['action.minutes-out-of-range', '時間は1分から720分までの整数です。', 'Minutes are a whole number from 1 to 720.'],
  ['action.category-unknown', 'この分類は使えません。', 'This category is not known to the books.'],
  ['action.date-impossible', '行った日が、存在しない日付です。', 'The day it was done does not exist.'],
  ['action.code-invalid', '自治体コードの検査数字が正しくありません。', 'The municipality code has a wrong check digit.'],
  ['action.municipality-not-in-roster', 'この自治体は、この帳簿に参加していません。', 'This municipality is not part of these books.'],
  ['action.performed-in-future', '行った日が、受付の日より後です。', 'It is dated after the day it was received.'],
  ['action.too-old', '行った日から申告できる期間を過ぎています。', 'It was done longer ago than may be claimed.'],
  [
    'action.card-without-host-body',
    'カードによる申告は、登録された受入機関からだけできます。',
    'Cards are for records of a registered host body only.',
  ],
  [
    'action.host-body-not-registered',
    '書かれた団体は、その日に受入機関として登録されていません。',
    'The body named was not registered as a host on that day.',
  ],
  ['action.beneficiary-is-giver', '自分のための行動は、和の行動になりません。', 'What one does for oneself is not an act for others.'],
  [
    'action.beneficiary-same-household',
    '同じ世帯のための行動は、和の行動になりません。',
    'What is done for one’s own household is not an act for others.',
  ],
  [
    'action.beneficiary-sensitive',
    '健康・高齢者・障害者・子供の分類では、受け手を名指しできません。',
    'For health, elderly, disability and children no receiver may be named by another.',
  ],
  [
    'action.event-repeated',
    'この催しでの行動は、すでに申告されています。',
    'An action of this giver for this event is in the books already.',
  ],
  ['action.minutes-over-limit', '一回の時間が、自治体の定める上限を超えます。', 'It is longer than the municipality lets one act be.'],
  ['action.day-full', 'その日の合計が、一日の上限の時間を超えます。', 'The minutes of that day would pass the limit of one day.'],
  ['action.too-many-open', '確認待ちの申告が多すぎます。', 'Too many claims wait for confirmation.'],
  ['confirmation.subject-not-action', '確認の対象が、行動の記録ではありません。', 'What it confirms is not an action.'],
  ['confirmation.own-action', '自分の行動は、自分では確認できません。', 'Nobody can confirm an action of their own.'],
  [
    'confirmation.own-card',
    '受入機関は、自らが書いたカードの行動を確認できません。',
    'A host body cannot confirm the action of a card that it wrote itself.',
  ],
  [
    'confirmation.cid-mismatch',
    '確認したのは、この行動の今の版ではありません。',
    'It speaks of another version of the action than the one in the books.',
  ],
  [
    'confirmation.on-behalf-not-allowed',
    '代わりに確認を公開できるのは、自治体と受入機関だけです。',
    'Only a municipality or a host body publishes on behalf of somebody.',
  ],
  [
    'confirmation.on-behalf-of-office',
    '代わりに公開できるのは、受け手か立ち会った方の確認だけです。',
    'Only the word of a receiver or a witness is published on behalf.',
  ],
  [
    'confirmation.not-the-municipality',
    'この行動の自治体としての確認ではありません。',
    'It is not by the municipality this action belongs to.',
  ],
  [
    'confirmation.host-body-not-registered',
    '確認した団体は、その日に受入機関として登録されていません。',
    'The confirming body was not registered as a host on that day.',
  ],
  [
    'confirmation.not-entitled',
    'この行動を確認できるのは、書かれた受け手と受入機関、自治体だけです。',
    'Only the persons and the host body the action names, and the municipality, can speak of it.',
  ],
  [
    'confirmation.rejection-not-entitled',
    '否認できるのは、書かれた受け手、受入機関、自治体だけです。',
    'Only persons the action names, a host body or the municipality can reject it.',
  ],
  [
    'confirmation.witness-says-less',
    '見ていた人は、申告より短い時間とは言えません。短いと言えるのは、受け手、受入機関、自治体だけです。',
    'Who only saw it cannot say that it was shorter; receivers, a host body or the municipality can.',
  ],
  ['confirmation.own-benefit', '受入機関は、自らが受け手の行動を確認できません。', 'A host body cannot attest what was done for itself.'],
  ['confirmation.receiver-is-giver', '行った本人を受け手にはできません。', 'The giver cannot be a receiver.'],
  [
    'confirmation.receiver-sensitive',
    '健康・高齢者・障害者・子供の分類では、受け手を名指しできるのは本人だけです。',
    'For health, elderly, disability and children only receivers themselves may name themselves.',
  ],
  [
    'confirmation.receiver-scope-unknown',
    '受け手の自治体が、この帳簿に参加していません。',
    'The municipality of a receiver is not part of these books.',
  ],
  [
    'confirmation.public-elsewhere',
    'ほかの自治体が公共として受け取ったことは、その自治体か、そこに登録された受入機関だけが確認できます。',
    'What another municipality received for the public is confirmed by it, or a host body of it.',
  ],
  [
    'confirmation.suspended',
    '裁定を受けて、確認することを止められている間の確認です。',
    'Its author’s confirming was suspended after a ruling.',
  ],
  ['confirmation.not-admitted', '自治体に登録されていない方の確認です。', 'Its author is not admitted to any municipality.'],
  ['confirmation.action-refused', '確認した行動は、帳簿に受け付けられていません。', 'The action it speaks of was refused.'],
  ['confirmation.claim-lapsed', '申告の確認期限が過ぎています。', 'The claim lapsed before it was confirmed.'],
  ['confirmation.action-rejected', 'この行動は、すでに否認されています。', 'The action has been rejected already.'],
  ['confirmation.action-reversed', 'この行動は、裁定によって取り消されています。', 'The action has been reversed by a ruling.'],
  [
    'confirmation.same-household',
    '同じ世帯の方の行動は確認できません。',
    'Nobody can confirm an action of somebody in their own household.',
  ],
  ['confirmation.too-many', 'この行動を待つ確認が多すぎます。', 'Too many confirmations wait on this action.'],
  ['confirmation.action-not-seen', '確認した行動が、期限までに届きませんでした。', 'The action it speaks of did not arrive in time.'],
  [
    'dispute.not-concerned',
    '異議を受け付けられるのは、この行動にかかわる自治体だけです。',
    'Only a municipality that has a part in the action can take a dispute on it.',
  ],
  ['dispute.action-not-recognised', '異議の対象は、記帳された行動に限ります。', 'Only a recognised action can be disputed.'],
  ['dispute.already-open', 'この行動には、すでに異議が出ています。', 'A dispute on this action is open already.'],
  ['ruling.no-open-dispute', '裁定の対象となる異議がありません。', 'There is no open dispute this ruling could decide.'],
  [
    'ruling.not-concerned',
    '裁定できるのは、この行動にかかわる自治体だけです。',
    'Only a municipality that has a part in the action can rule on it.',
  ],
  [
    'appeal.approvals-missing',
    '不服申し立ての決定には、異なる二人の承認が必要です。',
    'The decision of an appeal needs two different persons.',
  ],
  [
    'appeal.no-upheld-ruling',
    '不服を申し立てられるのは、行動を取り消した裁定に限ります。',
    'Only a ruling that took back an action still there can be appealed against.',
  ],
  ['appeal.none-open', '決定を待つ不服申し立てがありません。', 'There is no open appeal this could decide.'],
  [
    'appeal.not-the-ruling-town',
    '不服申し立てを扱うのは、裁定をした自治体です。',
    'An appeal is taken and decided by the municipality that ruled.',
  ],
  ['appeal.decided', 'この裁定への不服申し立ては、すでに決定されています。', 'An appeal against this ruling has been decided already.'],
  ['appeal.already-open', 'この裁定には、すでに不服申し立てがあります。', 'An appeal against this ruling is open already.'],
  ['appeal.too-late', '不服を申し立てられるのは、裁定から30日以内です。', 'An appeal comes within 30 days of the ruling.'],
  ['appeal.same-persons', '裁定をした人は、不服申し立てを決定できません。', 'Who ruled the first time does not decide the appeal.'],
  [
    'suspension.approvals-missing',
    '確認の停止とその解除には、異なる二人の承認が必要です。',
    'A suspension, and its end, need two different persons.',
  ],
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
  ['suspension.none-running', 'この方の確認は、止められていません。', 'No such suspension is running.'],
  ['suspension.not-resident', 'この方は、この自治体に登録されていません。', 'This person is not admitted to this municipality.'],
  ['suspension.over-already', '停止の終わりの日が、すでに過ぎています。', 'Its last day is over already.'],
  ['suspension.too-long', '確認を止められるのは、180日までです。', 'Confirming is suspended for 180 days at most.'],
  ['suspension.repeated', 'この裁定によって、すでにこの方の確認を止めています。', 'This person was suspended for this ruling already.'],
  ['receiver.action-unknown', '受け手を結び付ける行動が、帳簿にありません。', 'The action whose receiver it names is not in the books.'],
  ['receiver.is-giver', '行った本人を受け手にはできません。', 'The giver cannot be the receiver.'],
  ['receiver.not-in-pool', 'この受け手は、匿名ではありません。', 'The action has no unnamed receiver at this place.'],
  ['receiver.named-otherwise', 'この受け手には、ほかの方の名前が示されています。', 'Somebody else is named as this receiver.'],
  [
    'household.resident-elsewhere',
    '世帯の方のなかに、いまほかの自治体に登録されている方がいます。',
    'Somebody of the household is admitted to another municipality now.',
  ],
  ['receiver.same-household', '同じ世帯の方を受け手にはできません。', 'Somebody of the giver’s own household cannot be the receiver.'],
  ['receiver.already-mapped', 'この受け手は、すでに結び付けられています。', 'This receiver has been named already.'],
  ['death.not-resident', 'この方は、この自治体に登録されていません。', 'This person is not admitted to this municipality.'],
  ['import.hash-mismatch', '取り込む表が、示されたハッシュ値と合いません。', 'The rows are not those whose hash is stated.'],
  ['import.repeated', '同じ表がすでに取り込まれています。', 'The same rows have been imported already.'],
  ['opening.no-such-import', '開始残高のもとになる表が、取り込まれていません。', 'No rows with this hash have been imported.'],
  ['opening.repeated', 'この表の開始残高は、すでに記帳されています。', 'These rows are booked already.'],
  ['opening.approvals-missing', '開始残高には、異なる二人の承認が必要です。', 'An opening needs the approval of two different persons.'],
  ['opening.control-mismatch', '件数または合計が、取り込んだ表と合いません。', 'Number or totals differ from the rows imported.'],
  [
    'opening.holder-not-resident',
    '表の中に、この自治体に登録されていない方がいます。',
    'Somebody in the rows is not admitted to this municipality.',
  ],
] as const

export type RefusalCode = (typeof table)[number][0]

const byCode: ReadonlyMap<string, { readonly ja: string; readonly en: string }> = new Map(table.map(([code, ja, en]) => [code, { ja, en }]))

/** All codes in order of precedence. */
export const refusalCodes: readonly RefusalCode[] = table.map(([code]) => code)

/** What a refusal says to the person concerned; undefined for a code that is not in the table. */
export const sentenceOf = (code: string): { readonly ja: string; readonly en: string } | undefined => byCode.get(code)
