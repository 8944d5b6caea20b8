// Lines of an intake, packed as they are read.

import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'

export async function* packed(lines: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const gzip = createGzip()
  const feeding = pipeline(Readable.from(lines), gzip)
  // It is awaited where reading ends; until then its failure is the reader's.
  feeding.catch(() => {})
  for await (const chunk of gzip) if (chunk instanceof Uint8Array) yield chunk
  await feeding
}
