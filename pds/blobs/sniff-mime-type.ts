// What kind of file these first bytes begin, for the few kinds that say so plainly. Seen bytes win over what an uploader claims.

import { MIME_TYPE_MAX_LENGTH } from './limits.ts'

const UNKNOWN = 'application/octet-stream'
const MIME_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/

type Signature = { readonly mimeType: string; readonly at: number; readonly hex: string }

const SIGNATURES: readonly Signature[] = [
  { mimeType: 'image/png', at: 0, hex: '89504e470d0a1a0a' },
  { mimeType: 'image/jpeg', at: 0, hex: 'ffd8ff' },
  { mimeType: 'image/gif', at: 0, hex: '47494638' },
  { mimeType: 'image/webp', at: 8, hex: '57454250' },
  { mimeType: 'image/avif', at: 4, hex: '6674797061766966' },
  { mimeType: 'video/mp4', at: 4, hex: '6674797069736f6d' },
  { mimeType: 'video/mp4', at: 4, hex: '667479706d703432' },
  { mimeType: 'video/webm', at: 0, hex: '1a45dfa3' },
  { mimeType: 'application/pdf', at: 0, hex: '255044462d' },
]

/** `claimed`: the Content-Type of the upload; its parameters are dropped. */
export const sniffMimeType = (head: Uint8Array, claimed: string | undefined): string => {
  const hex = Buffer.from(head).toString('hex')
  const seen = SIGNATURES.find((signature) => hex.startsWith(signature.hex, signature.at * 2))
  if (seen !== undefined) return seen.mimeType
  const mimeType = (claimed ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  return mimeType.length <= MIME_TYPE_MAX_LENGTH && MIME_TYPE.test(mimeType) ? mimeType : UNKNOWN
}
