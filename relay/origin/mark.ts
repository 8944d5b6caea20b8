// How far the log once was, in a small file apart from it: a log that ends before its mark has been set back.
// The mark follows the log at a distance and never runs ahead of what is durable.

import { existsSync, readFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export const MARK_EVERY_MS = 1_000

const markFile = (dataDir: string): string => join(dataDir, 'origin.mark')

/** The last leaf marked; 0 when there is no mark. */
export const readMark = (dataDir: string): number => {
  if (!existsSync(markFile(dataDir))) return 0
  const leaf = Number(readFileSync(markFile(dataDir), 'utf8').trim())
  return Number.isSafeInteger(leaf) ? leaf : 0
}

/** Marks this leaf, which is durable. */
export const writeMark = async (dataDir: string, leaf: number): Promise<void> => {
  const beside = `${markFile(dataDir)}.new`
  await writeFile(beside, `${leaf}\n`, { mode: 0o600 })
  await rename(beside, markFile(dataDir))
}
