// A disk of a few hundred megabytes, in memory, that a test fills up and empties again. Only the administrator of a Linux may mount one; it is unmounted at
// the latest when the process ends.

import { execFileSync } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, rmdirSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type SmallDisk = {
  readonly folder: string
  /** Takes all the room there is. */
  fill(): void
  /** Gives it back. */
  clear(): void
  unmount(): void
}

const MEGABYTE = 1_048_576
const CHUNKS = [MEGABYTE, 4096]

const run = (program: string, ...parts: readonly string[]): void => void execFileSync(program, parts, { stdio: 'ignore' })

export const mountSmallDisk = (folder: string, megabytes: number): SmallDisk => {
  mkdirSync(folder, { recursive: true })
  run('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder)
  let isMounted = true
  const unmount = (): void => {
    if (isMounted) run('umount', '-l', folder)
    isMounted = false
    process.off('exit', unmount)
  }
  process.once('exit', unmount)
  const ballast = join(folder, 'ballast')
  return {
    folder,
    fill: () => {
      for (const chunk of CHUNKS) writeUntilFull(ballast, chunk)
    },
    clear: () => rmSync(ballast, { force: true }),
    unmount,
  }
}

const writeUntilFull = (file: string, chunk: number): void => {
  const open = openSync(file, 'a')
  try {
    for (const bytes = Buffer.alloc(chunk, 1); ;) writeSync(open, bytes)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
  } finally {
    closeSync(open)
  }
}

/** What can mount one here, for `skipUnless`; undefined where mounting is refused. */
export const mountsHere = (): string | undefined => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'waki-mount-'))
  try {
    mountSmallDisk(folder, 1).unmount()
    return folder
  } catch {
    return undefined
  } finally {
    rmdirSync(folder)
  }
}
