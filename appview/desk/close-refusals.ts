// Why a fiscal year is not closed, or a closed one not restated; a part of the table of refusals.ts.

export const closeRefusals = [
  ['close.year-invalid', '年度は、西暦4桁で示します。', 'A fiscal year is a calendar year of four digits.'],
  [
    'close.too-early',
    'この年度は、まだ締め切れません。翌年度の6月1日0時から締め切れます。',
    'It is too early: a fiscal year can be closed from 00:00 on 1 June after its end.',
  ],
  [
    'close.nothing-recorded',
    'この自治体の帳簿は、この年度のあとに始まっています。',
    'The books of this municipality began after that year.',
  ],
  [
    'close.already-closed',
    'この年度は、すでに締め切られています。数字を改めるには訂正版を出します。',
    'This year is closed already; to change its figures, restate it.',
  ],
  [
    'close.entries-lacking',
    '記録簿にあるこの自治体の記入のうち、示した件数の中身がここにありません（控えから戻したあとなど）。数字が変わるため締め切れません。中身のある控えを戻すか、運用担当者に相談してください。',
    'Of so many entries of this municipality in the log the content is not here (after a restore, say), so that the figures would be others. Restore a backup that has it; whoever closes all the same names the municipality’s DID.',
  ],
  [
    'close.gap',
    '締め切り前の記録が、まだそろっていません。記録簿か、示した方の記録が届いてから、もう一度行います。届かないときは、その方を除くことを明示して締め切れます。',
    'Records from before the cut-off are still missing. Try again once the log, or the repos named, can be had; or say that you close without those repos.',
  ],
  ['restate.not-closed', 'この年度は、まだ締め切られていません。', 'This year is not closed yet.'],
  ['restate.pending', '前の版か、この版が、まだ公開の途中です。', 'The version before, or this one, is still on its way.'],
  [
    'restate.differs',
    '前の版を、この帳簿から同じ数字で作り直せません。受付記録を調べ、この帳簿のとおりに改めるときは、帳簿の数字に改める印を付けて訂正版を出してください。',
    'These books do not make the version before again. Audit their intake; to publish what they make, restate it as a correction.',
  ],
  ['restate.reason-missing', '訂正版を出す理由がありません。', 'The reason of the restatement is missing.'],
  ['restate.reason-too-long', '理由は1,000文字までです。', 'The reason has at most 1,000 characters.'],
  ['restate.rates-unknown', '示された単価表が、帳簿にありません。', 'The books have no such rate table.'],
  [
    'restate.rates-not-own',
    '示された単価表は、公表のときにこの自治体を代表していた自治体のものではありません。この自治体（合併のあとは、引き継いだ自治体）が公表した単価表を示してください。',
    'That rate table is not of whoever spoke for this municipality when it was published: name one of its own or, after a merger, of its successor.',
  ],
  [
    'restate.rates-not-in-year',
    '示された単価表は、この年度のどの日にも当たりません。適用の開始日を確かめてください。',
    'None of the days of that rate table lies in this year; look at its first day.',
  ],
  [
    'restate.rates-lacking',
    'この年度に時間の提供があった分類の単価が、示された単価表にありません。その分類か「*」を加えてください。',
    'The rate table says nothing of a category in which time was given this year; add it, or “*”.',
  ],
  ['restate.unchanged', '数字が前の版と同じです。', 'The figures are those of the version before.'],
] as const
