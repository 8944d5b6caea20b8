// Why something is not exported, in order of precedence: code, name of the error among methods, status, sentence in Japanese and English.

import type { Words } from '../statements/words.ts'

export const exportRefusals = {
  'export.unknown-kind': {
    error: 'UnknownKind',
    status: 400,
    ja: 'この種類の書き出しはありません。statement、journal、trial-balance のどれかです。',
    en: 'There is no such export. Ask for statement, journal or trial-balance.',
  },
  'export.unknown-format': {
    error: 'UnknownFormat',
    status: 400,
    ja: 'この形式では書き出せません。決算書は csv・xlsx・pdf・json、仕訳帳は csv・hledger・beancount、試算表は csv です。',
    en: 'Not in this format. Statements come as csv, xlsx, pdf, json; the journal as csv, hledger, beancount; the trial balance as csv.',
  },
  'export.unknown-encoding': {
    error: 'UnknownEncoding',
    status: 400,
    ja: '文字コードは utf-8 か cp932 です。cp932 は csv だけです。',
    en: 'The encoding is utf-8 or cp932; cp932 is for csv alone.',
  },
  'export.busy': {
    error: 'Busy',
    status: 503,
    ja: 'ほかのPDFを作っています。少し待って、もう一度お試しください。',
    en: 'Other PDFs are being made. Wait a little and try again.',
  },
} as const satisfies Readonly<Record<string, Words & { readonly error: string; readonly status: number }>>

export type ExportRefusalCode = keyof typeof exportRefusals

/** Thrown to whoever asks; the door answers it with its status and sentence. */
export class ExportRefused extends Error {
  override readonly name = 'ExportRefused'
  readonly code: ExportRefusalCode
  constructor(code: ExportRefusalCode) {
    super(exportRefusals[code].en)
    this.code = code
  }
}
