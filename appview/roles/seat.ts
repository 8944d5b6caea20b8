// Who a process is for the others: a name of its own, and in its folder a file that is locked as long as it lives, so that whoever shares the folder sees
// at once that it has died.

import { randomBytes } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { lockFile } from '../../server/sqlite.ts'

export type Seat = Disposable & {
  readonly holder: string
  /** Whether the process of that name lives here, is gone, or cannot be seen from here. */
  stateOf(holder: string): 'alive' | 'gone' | 'unseen'
}

const NAME_BYTES = 6

export const takeSeat = (folder: string): Seat => {
  const fileOf = (holder: string): string => join(folder, `appview.seat-${holder}.lock`)
  const holder = randomBytes(NAME_BYTES).toString('hex')
  const lock = lockFile(fileOf(holder))
  return {
    holder,
    stateOf: (other) => {
      if (!/^[0-9a-f]+$/.test(other) || !existsSync(fileOf(other))) return 'unseen'
      if (other === holder) return 'alive'
      try {
        lockFile(fileOf(other))[Symbol.dispose]()
      } catch {
        return 'alive'
      }
      rmSync(fileOf(other), { force: true })
      return 'gone'
    },
    [Symbol.dispose]: () => {
      lock[Symbol.dispose]()
      rmSync(fileOf(holder), { force: true })
    },
  }
}
