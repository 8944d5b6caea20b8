// Moves this process to one core, so that what it does is not counted against the server it measures.

import { spawnSync } from 'node:child_process'
import { CORES } from './mode.ts'

export const pinSelf = (core: number): void => {
  if (CORES > 1) spawnSync('taskset', ['-acp', String(core), String(process.pid)])
}
