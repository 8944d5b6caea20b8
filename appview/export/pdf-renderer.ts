// PDFs apart from the thread that answers: one at a time, in the order asked, equal sets once. The thread ends when nobody waits, and takes its
// memory with it. Promise: at most MOST_WAITING_PDFS wait, MOST_KEPT_PDFS (and MOST_KEPT_PDF_BYTES) are kept.

import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { MOST_KEPT_PDFS, MOST_KEPT_PDF_BYTES, MOST_WAITING_PDFS, PDF_THREAD_MEMORY_MB, PDF_TIMEOUT_MS } from './limits.ts'
import { ExportRefused } from './refusals.ts'
import { setHash } from './statement-rows.ts'
import type { StatementSet } from './statement-set.ts'

export type PdfRenderer = {
  /** Rejects with ExportRefused('export.busy') when too many wait. */
  render(set: StatementSet): Promise<Uint8Array>
  close(): Promise<void>
}

export type PdfRendererDeps = { readonly sleep: (ms: number, signal: AbortSignal) => Promise<void> }

export const createPdfRenderer = (deps: PdfRendererDeps): PdfRenderer => {
  const kept = new KeptFiles()
  const making = new Map<string, Promise<Uint8Array>>()
  let thread: Worker | null = null
  let last: Promise<unknown> = Promise.resolve()

  const inTurn = async (set: StatementSet, before: Promise<unknown>): Promise<Uint8Array> => {
    await before
    thread ??= newThread()
    try {
      return await answerOf(thread, set, deps)
    } catch (error) {
      await end()
      throw error
    }
  }
  const end = async (): Promise<void> => {
    const ending = thread
    thread = null
    await ending?.terminate()
  }
  return {
    render: async (set) => {
      const hash = setHash(set)
      const known = kept.get(hash) ?? making.get(hash)
      if (known !== undefined) return known
      if (making.size > MOST_WAITING_PDFS) throw new ExportRefused('export.busy')
      const made = inTurn(set, last)
      making.set(hash, made)
      last = made.catch(() => {})
      try {
        const bytes = await made
        kept.put(hash, bytes)
        return bytes
      } finally {
        making.delete(hash)
        if (making.size === 0) await end()
      }
    },
    close: end,
  }
}

const newThread = (): Worker => {
  const thread = new Worker(new URL('./pdf-thread.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: PDF_THREAD_MEMORY_MB },
  })
  thread.unref()
  return thread
}

const answerOf = async (thread: Worker, set: StatementSet, { sleep }: PdfRendererDeps): Promise<Uint8Array> => {
  const done = new AbortController()
  const { signal } = done
  const answered = once(thread, 'message', { signal })
  const ended = once(thread, 'exit', { signal }).then(() => Promise.reject(new Error('the thread that makes PDFs has ended')))
  const late = sleep(PDF_TIMEOUT_MS, signal).then(() => Promise.reject(new Error('a PDF took too long')))
  thread.postMessage(set, [])
  try {
    const [bytes] = await Promise.race([answered, ended, late])
    return bytes
  } finally {
    for (const rest of [answered, ended, late]) rest.catch(() => {})
    done.abort()
  }
}

/** The last used ones. */
class KeptFiles {
  readonly #files = new Map<string, Uint8Array>()
  #sizeBytes = 0

  get(name: string): Uint8Array | undefined {
    const file = this.#files.get(name)
    if (file === undefined) return undefined
    this.#files.delete(name)
    this.#files.set(name, file)
    return file
  }

  put(name: string, file: Uint8Array): void {
    this.#files.set(name, file)
    this.#sizeBytes += file.length
    for (const [oldest, { length }] of this.#files) {
      if (this.#files.size <= MOST_KEPT_PDFS && this.#sizeBytes <= MOST_KEPT_PDF_BYTES) break
      this.#files.delete(oldest)
      this.#sizeBytes -= length
    }
  }
}
