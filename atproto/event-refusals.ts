// Why an event is not believed: every code, in order of precedence, each with its sentence in Japanese and English.
// A refused event is dropped and counted under its code; the first check that fails gives the code.

export const EVENT_REFUSALS = [
  { code: 'frame.too-large', ja: 'フレームが大きすぎます。', en: 'The frame is larger than 5 MB.' },
  { code: 'frame.malformed', ja: 'フレームを読めません。', en: 'The frame is not two DRISL-CBOR objects.' },
  { code: 'event.malformed', ja: 'イベントの形が正しくありません。', en: 'A field of the event is missing or has the wrong form.' },
  { code: 'event.seq-order', ja: '通し番号が前より進んでいません。', en: 'The sequence number does not rise.' },
  { code: 'identity.unresolved', ja: 'DID を解決できません。', en: 'The DID cannot be resolved.' },
  {
    code: 'identity.not-this-host',
    ja: 'このホストはこの DID の現在のPDSではありません。',
    en: 'The host is not the current PDS of this DID.',
  },
  { code: 'account.inactive', ja: 'アカウントは停止中です。', en: 'The account is not active.' },
  {
    code: 'commit.too-big',
    ja: '廃止された tooBig か rebase の印があります。',
    en: 'The event carries the retired flag tooBig or rebase.',
  },
  { code: 'commit.too-many-ops', ja: '操作が200件を超えています。', en: 'The commit has more than 200 operations.' },
  { code: 'commit.blocks-too-large', ja: 'ブロックが大きすぎます。', en: 'The CAR of the event is larger than its limit.' },
  { code: 'commit.duplicate-path', ja: '同じパスが二度あります。', en: 'A path appears in more than one operation.' },
  {
    code: 'commit.op-form',
    ja: '操作に要るCIDがないか、余計なCIDがあります。',
    en: 'An operation lacks the cid its action needs, or has one too many.',
  },
  {
    code: 'commit.prev-missing',
    ja: '更新か削除に前のCIDがありません。',
    en: 'An update or delete does not say which record it replaces.',
  },
  { code: 'commit.prev-unexpected', ja: '作成に前のCIDがあります。', en: 'A create names a record it replaces.' },
  { code: 'commit.op-unchanged', ja: '更新の前後が同じです。', en: 'An update replaces a record by itself.' },
  {
    code: 'commit.prev-data-missing',
    ja: '前の木のCIDがありません。',
    en: 'The commit follows another but does not name the tree it changes.',
  },
  { code: 'commit.rev-order', ja: 'rev が since より後ではありません。', en: 'The rev does not lie after since.' },
  { code: 'commit.rev-future', ja: 'rev が未来です。', en: 'The rev lies more than five minutes ahead.' },
  { code: 'commit.car-malformed', ja: 'CARを読めません。', en: 'The CAR of the event cannot be read whole.' },
  { code: 'commit.block-hash', ja: 'ブロックがそのCIDと合いません。', en: 'A block does not hash to its CID.' },
  { code: 'commit.root-mismatch', ja: 'CARの根がコミットではありません。', en: 'The CAR does not have exactly the commit as its root.' },
  { code: 'commit.block-missing', ja: '要るブロックがありません。', en: 'A block the commit needs is not in the CAR.' },
  { code: 'commit.malformed', ja: 'コミットの形が正しくありません。', en: 'The commit block is not a version 3 commit.' },
  { code: 'commit.did-mismatch', ja: 'コミットのDIDが違います。', en: 'The commit block is of another DID than the event.' },
  { code: 'commit.rev-mismatch', ja: 'コミットの rev が違います。', en: 'The commit block has another rev than the event.' },
  { code: 'commit.tree-malformed', ja: '木の節が正しくありません。', en: 'A node of the tree breaks a rule of the tree.' },
  {
    code: 'commit.op-mismatch',
    ja: '操作が木と合いません。',
    en: 'An operation says something else than the tree: the path is absent, or still there.',
  },
  { code: 'commit.cid-mismatch', ja: '操作のCIDが木と違います。', en: 'The tree holds another CID at the path than the operation says.' },
  { code: 'commit.record-too-large', ja: '記録が大きすぎます。', en: 'A record is larger than 1 MB.' },
  { code: 'commit.record-malformed', ja: '記録がデータモデルに合いません。', en: 'A record block is not a DRISL-CBOR map.' },
  {
    code: 'commit.inversion',
    ja: '操作を逆にしても前の木になりません。',
    en: 'Undoing the operations does not give the tree the commit names as the one before.',
  },
  {
    code: 'commit.block-unexpected',
    ja: 'コミットに属さないブロックがあります。',
    en: 'The CAR holds a block that belongs neither to the tree nor to an operation.',
  },
  { code: 'commit.signature', ja: '署名が正しくありません。', en: 'The signature does not verify with the current key of the DID.' },
  { code: 'commit.rev-stale', ja: 'rev が前より進んでいません。', en: 'The rev is not after the last one of this repository.' },
] as const

export type EventRefusal = (typeof EVENT_REFUSALS)[number]['code']

const SENTENCES: ReadonlyMap<string, { readonly ja: string; readonly en: string }> = new Map(EVENT_REFUSALS.map((row) => [row.code, row]))

/** The sentences of one code, for people. */
export function sentenceOf(code: EventRefusal): { readonly ja: string; readonly en: string } {
  const row = SENTENCES.get(code)
  if (row === undefined) throw new TypeError(`no such refusal: ${code}`)
  return row
}
