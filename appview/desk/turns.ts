// Deeds look, and keep what they made of it; so that what they saw still holds they go one after the other. Within a process they wait for their turn. Between
// processes on one store each says what it has seen (`Deed.seen`), nothing is kept where that has moved, and whoever comes too late looks again.

import { randomInt } from 'node:crypto'
import type { Clock } from '../../server/clock.ts'
import { inTurnByKey } from '../../server/in-turn.ts'
import type { TurnByKey } from '../../server/in-turn.ts'
import { DeskConflict } from '../store/desk.ts'
import type { Desk } from '../store/desk.ts'

/** Somebody else's deed is always kept when this one is not: so often at least, and for so long, it looks again. */
const ATTEMPTS = 8
const PATIENCE_MS = 10_000
const WAIT_MS = 4
const WAIT_MAX_MS = 256

/** By the desk whose deeds they are. */
const turnsOf = new WeakMap<object, TurnByKey>()

export const inTurn = <T>(desk: Pick<Desk, 'persist'>, name: string, work: () => Promise<T>): Promise<T> => {
  const turn = turnsOf.get(desk) ?? inTurnByKey()
  turnsOf.set(desk, turn)
  return turn(name, work)
}

/** `deed` looks and keeps; from the beginning where what it saw has moved, at a moment left to chance. Throws that DeskConflict in the end. */
export const lookAgain = async <T>(clock: Pick<Clock, 'monotonicMs' | 'sleep'>, deed: () => Promise<T>): Promise<T> => {
  const begun = clock.monotonicMs()
  for (let attempt = 1; ; attempt++)
    try {
      return await deed()
    } catch (error) {
      const isMoved = error instanceof DeskConflict && error.isMoved
      if (!isMoved || (attempt >= ATTEMPTS && clock.monotonicMs() - begun > PATIENCE_MS)) throw error
      await clock.sleep(randomInt(Math.min(WAIT_MAX_MS, WAIT_MS * 2 ** attempt)))
    }
}
