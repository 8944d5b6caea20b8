// Why the desk does not do what it was asked with a job; the end of the table of refusals.ts.

export const jobRefusals = [
  ['job.kind-unknown', 'この種類の作業はありません。', 'There is no such kind of job.'],
  ['job.month-invalid', '月は、2026-05のように示します。', 'A month is written like 2026-05.'],
  [
    'job.export-unknown',
    '書き出せるのは、受付記録か、年度の決算書一式（pdf・xlsx・csv）です。',
    'What can be exported is the intake, or the statements of a year (pdf, xlsx, csv).',
  ],
  ['job.already-waiting', '同じ作業が、すでに待っているか、進んでいます。', 'The same job is waiting or under way already.'],
  [
    'job.too-many',
    '待っている作業が多すぎます。終わってから、もう一度お試しください。',
    'Too many jobs are waiting; ask again when some have ended.',
  ],
  ['job.unknown', 'その作業はありません。', 'There is no such job.'],
  ['job.not-yours', 'この作業を取り消せるのは、頼んだ方か管理の担当者です。', 'Whoever asked for it, or an administrator, takes it back.'],
  [
    'job.operators',
    'この和記には、ほかの自治体の帳簿もあります。すべてを作り直せるのは運営者だけです（サーバーで npx waki rebuild --store）。',
    'This appview holds other municipalities’ books, too: only its operator rebuilds them, on the server (npx waki rebuild --store).',
  ],
  [
    'job.other-roster',
    '頼まれた名簿と、記録簿を読むサーバーの名簿ファイルとが違います。ファイルを直してから、もう一度頼んでください（npx waki rebuild）。',
    'The roster asked for is not the one in the roster file of the server that follows the log: change that file, then ask again (npx waki rebuild).',
  ],
  ['job.running', 'この作業は、すでに始まっています。', 'This job has begun already.'],
  ['job.ended', 'この作業は、すでに終わっています。', 'This job has ended already.'],
  [
    'job.file-missing',
    'ファイルがありません。保存の期限が過ぎたか、別のサーバーにあります。もう一度作ってください。',
    'There is no file: it has had its time, or lies on another server. Make it again.',
  ],
  [
    'job.broken-off',
    '作業が途中で止まり、やり直しても終わりませんでした。運用担当者にサーバーの記録を見てもらってから、もう一度お試しください。',
    'It broke off again and again. Have the operator look at the server’s log, then try again.',
  ],
] as const
