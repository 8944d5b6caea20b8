// Small files that only their owner reads, such as a secret: each is there whole or not at all, after a crash and for whoever comes at the same moment.

import { closeSync, fsyncSync, linkSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { dirname } from 'node:path'

const OWNER_ONLY = 0o600

/** Makes the file with this content unless it is there. Of several who come at once one makes it, and all find the same. Durable when it returns. */
export const createOwnerFile = (file: string, content: string | Uint8Array): void =>
  writeBeside(file, content, (next) => {
    try {
      linkSync(next, file)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
  })

/** The file has this text from now on: whoever reads it finds the old or the new one. Durable when it returns. */
export const replaceOwnerFile = (file: string, text: string): void => writeBeside(file, text, (next) => renameSync(next, file))

const writeBeside = (file: string, content: string | Uint8Array, place: (next: string) => void): void => {
  const next = `${file}.${randomUUID()}`
  try {
    const descriptor = openSync(next, 'wx', OWNER_ONLY)
    try {
      writeSync(descriptor, typeof content === 'string' ? Buffer.from(content) : content)
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
    place(next)
  } finally {
    rmSync(next, { force: true })
  }
  syncFolder(dirname(file))
}

/** A file's name is durable when its folder is. */
export const syncFolder = (folder: string): void => {
  const descriptor = openSync(folder, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
