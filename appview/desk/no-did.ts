// What is told of a DID that is none, as it is typed, wherever that is.

export const NO_DID = [
  'DIDの形が正しくありません（did:plcなら、そのあとはa〜zと2〜7の24文字です）。',
  'This is not a DID. (After did:plc: come 24 characters of a–z and 2–7.)',
] as const
