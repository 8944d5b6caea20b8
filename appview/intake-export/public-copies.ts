// What anybody may take away, made once and given to many: how fast one of them reads is nothing to the others. It is a file without a name, so that nothing
// of it stays when it has grown old and nobody reads it any more. Whoever asks while it is being made reads along.

import { randomUUID } from 'node:crypto'
import { close, openSync, read, unlinkSync, write } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Clock } from '../../server/clock.ts'
import { PUBLIC_COPIES_KEPT, PUBLIC_COPY_FRESH_MS } from './limits.ts'

const [readAt, writeAt] = [promisify(read), promisify(write)]
const OWNER_ONLY = 0o600
const CHUNK_BYTES = 65_536

export type CopiesOptions = {
  readonly folder: string
  readonly clock: Clock
  /** Its bytes, from the beginning. */
  readonly make: () => AsyncIterable<Uint8Array>
}

type Copy = {
  readonly file: number
  size: number
  readers: number
  /** `failed` keeps why. */
  state: { readonly is: 'making' } | { readonly is: 'whole'; readonly atMs: number } | { readonly is: 'failed'; readonly why: unknown }
  /** Resolves when there is more of it, or no more to come. */
  changed: PromiseWithResolvers<void>
}

/** Each reading is of the newest copy there is, from its beginning. */
export const createPublicCopies = ({ folder, clock, make }: CopiesOptions): { read(): AsyncGenerator<Uint8Array> } => {
  let copies: readonly Copy[] = []
  const isFresh = ({ state }: Copy): boolean =>
    state.is === 'making' || (state.is === 'whole' && clock.monotonicMs() - state.atMs < PUBLIC_COPY_FRESH_MS)
  const letGo = (): void => {
    const gone = copies.filter((copy) => copy.readers === 0 && !isFresh(copy))
    copies = copies.filter((copy) => !gone.includes(copy))
    // What cannot be closed is closed with the process.
    for (const { file } of gone) close(file, () => {})
  }
  clock.every(PUBLIC_COPY_FRESH_MS, letGo)
  const fill = async (copy: Copy): Promise<void> => {
    try {
      for await (const chunk of make()) {
        await writeWhole(copy.file, chunk, copy.size)
        copy.size += chunk.length
        stirred(copy)
      }
      copy.state = { is: 'whole', atMs: clock.monotonicMs() }
    } catch (why) {
      copy.state = { is: 'failed', why }
    }
    stirred(copy)
    letGo()
  }
  const newest = (): Copy => {
    letGo()
    const last = copies.findLast(({ state }) => state.is !== 'failed')
    if (last !== undefined && (isFresh(last) || copies.length >= PUBLIC_COPIES_KEPT)) return last
    const copy: Copy = { file: namelessFile(folder), size: 0, readers: 0, state: { is: 'making' }, changed: Promise.withResolvers() }
    copies = [...copies, copy]
    void fill(copy)
    return copy
  }
  return {
    async *read() {
      const copy = newest()
      copy.readers += 1
      try {
        yield* bytesOf(copy)
      } finally {
        copy.readers -= 1
        letGo()
      }
    },
  }
}

async function* bytesOf(copy: Copy): AsyncGenerator<Uint8Array> {
  for (let at = 0; ;) {
    if (at < copy.size) {
      const length = Math.min(CHUNK_BYTES, copy.size - at)
      const { bytesRead, buffer } = await readAt(copy.file, new Uint8Array(length), 0, length, at)
      at += bytesRead
      yield buffer.subarray(0, bytesRead)
    } else if (copy.state.is === 'making') await copy.changed.promise
    else if (copy.state.is === 'failed') throw copy.state.why
    else return
  }
}

const stirred = (copy: Copy): void => {
  copy.changed.resolve()
  copy.changed = Promise.withResolvers()
}

const namelessFile = (folder: string): number => {
  const path = join(folder, `public-intake-${randomUUID()}`)
  const file = openSync(path, 'wx+', OWNER_ONLY)
  unlinkSync(path)
  return file
}

const writeWhole = async (file: number, bytes: Uint8Array, from: number): Promise<void> => {
  for (let done = 0; done < bytes.length;) done += (await writeAt(file, bytes, done, bytes.length - done, from + done)).bytesWritten
}
