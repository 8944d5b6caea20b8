// Several texts in one field. JSON has much in common from one text to the next: from a few on they are compressed together, a line each, so that the
// nodes pass on, store and check a fraction of the bytes. Two or three would take longer to compress than to store.

import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { Binary } from 'mongodb'

/** None of them holds a line break: JSON. */
export type Texts = readonly string[] | Binary

const PLAIN_MOST = 3
/** A sixth longer than by the usual level, in half the time. */
const LEVEL = 1

export const packTexts = (texts: readonly string[]): Texts =>
  texts.length <= PLAIN_MOST ? texts : new Binary(deflateRawSync(texts.join('\n'), { level: LEVEL }))

export const textsIn = (texts: Texts): readonly string[] => (isPlain(texts) ? texts : inflateRawSync(texts.value()).toString().split('\n'))

const isPlain = (texts: Texts): texts is readonly string[] => Array.isArray(texts)
