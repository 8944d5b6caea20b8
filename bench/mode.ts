// How long a measurement takes: `--quick` for a first look (all within four minutes), without it for the figures in RESULTS.md (twelve minutes).

import { availableParallelism } from 'node:os'

export const isQuick = process.argv.includes('--quick')

/** One value when quick, the other when not. */
export const either = <T>(quick: T, whole: T): T => (isQuick ? quick : whole)

/** The value behind `--name`, or undefined. */
export const argument = (name: string): string | undefined => {
  const place = process.argv.indexOf(`--${name}`)
  return place === -1 ? undefined : process.argv[place + 1]
}

/** Servers run on one core and load on another, where the machine has two. */
export const SERVER_CORE = 0
export const LOAD_CORE = 1
export const CORES = availableParallelism()
