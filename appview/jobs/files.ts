// What jobs make to be taken away: a file each in the data folder, only its owner may read it, whole or not at all: written beside its place, then renamed.

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

export type MadeFile = { readonly bytes: number; readonly sha256: string }

export type JobFiles = {
  /** Durable when it resolves; what stands there is replaced. */
  write(town: string, id: string, chunks: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<MadeFile>
  /** Null where there is none: it was never made, has had its time, or lies on another machine. */
  read(town: string, id: string): Promise<AsyncIterable<Uint8Array> | null>
  /** Removes what was made before, and what was never finished. */
  sweep(beforeMs: number): Promise<void>
}

const NAME = /^[a-z0-9]+$/i
const PRIVATE = 0o600
const PRIVATE_FOLDER = 0o700

export const openJobFiles = (folder: string): JobFiles => {
  const pathOf = (town: string, id: string): string => {
    if (!NAME.test(town) || !NAME.test(id)) throw new Error(`${town}/${id} is no job`)
    return join(folder, `${town}-${id}`)
  }
  return {
    write: async (town, id, chunks, signal) => {
      await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER })
      const path = pathOf(town, id)
      const [hash, file] = [createHash('sha256'), await open(`${path}.part`, 'w', PRIVATE)]
      let bytes = 0
      try {
        for await (const chunk of chunks) {
          signal.throwIfAborted()
          hash.update(chunk)
          bytes += chunk.length
          await file.appendFile(chunk)
        }
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(`${path}.part`, path)
      return { bytes, sha256: hash.digest('hex') }
    },
    read: async (town, id) => {
      if (!NAME.test(town) || !NAME.test(id)) return null
      const path = pathOf(town, id)
      return (await stat(path).catch(() => null)) === null ? null : createReadStream(path)
    },
    sweep: async (beforeMs) => {
      for (const name of await readdir(folder).catch((): string[] => [])) {
        const path = join(folder, name)
        const found = await stat(path).catch(() => null)
        if (found !== null && found.mtimeMs < beforeMs) await rm(path, { force: true })
      }
    },
  }
}
