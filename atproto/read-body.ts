// The body of a fetch response, never more than a stated number of bytes.

export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge'
}

/** Reads the body whole. Throws BodyTooLarge, having cancelled the rest, beyond `maxBytes`. */
export async function readBody(response: Response, maxBytes: number): Promise<Uint8Array> {
  if (response.body === null) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  for await (const chunk of response.body) {
    sizeBytes += chunk.length
    // Leaving the loop cancels the stream.
    if (sizeBytes > maxBytes) throw new BodyTooLarge(`more than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
