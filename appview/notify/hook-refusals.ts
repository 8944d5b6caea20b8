// Why a hook is not set, is late, or was stopped; in order of precedence.

export const hookRefusals = [
  ['hook.url-invalid', 'https:// で始まるアドレスを入れてください。', 'Name an address that begins with https://.'],
  ['hook.changed', 'ほかの画面で変更されました。もう一度開いてください。', 'It was changed elsewhere; open the page again.'],
  [
    'hook.address-unsafe',
    'このアドレスには送れません（公開されたhttpsのアドレスではありません）。',
    'Nothing is sent to this address: it is no public https address.',
  ],
  ['hook.gone', '届け先が、もう受け取らないと答えました。', 'The receiver answered that it takes no more.'],
  ['hook.not-taken', '届け先が受け取りませんでした。', 'The receiver did not take it.'],
  ['hook.unreachable', '届け先が答えません。', 'The receiver does not answer.'],
] as const

export type HookRefusal = (typeof hookRefusals)[number][0]

const byCode = new Map<string, { readonly ja: string; readonly en: string }>(hookRefusals.map(([code, ja, en]) => [code, { ja, en }]))

/** Undefined for a code that is not in the table. */
export const hookSentence = (code: string): { readonly ja: string; readonly en: string } | undefined => byCode.get(code)
