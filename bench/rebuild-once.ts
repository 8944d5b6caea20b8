// One rebuild in a process of its own, so that its memory is its own: folds all intake of a store's file anew and tells what it took, as one line of JSON.

import { rebuildStore } from '../appview/rebuild.ts'

const [store = ''] = process.argv.slice(2)
const MICROSECONDS = 1e6
const KIB_PER_MB = 1024

const begun = performance.now()
// The time counts until the last row is in the books, on disk, without the hash over all of them that follows.
let [seconds, cpuSeconds, decidingSeconds, peakMb] = [NaN, NaN, NaN, NaN]
const onFolded = (): void => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
  seconds = (performance.now() - begun) / 1000
  cpuSeconds = (userCPUTime + systemCPUTime) / MICROSECONDS
  const own = process.threadCpuUsage()
  decidingSeconds = (own.user + own.system) / MICROSECONDS
  peakMb = maxRSS / KIB_PER_MB
}
const { rows, transactions, statementsHash } = await rebuildStore({ store, onFolded })
console.log(JSON.stringify({ rows, transactions, statementsHash, seconds, cpuSeconds, decidingSeconds, peakMb }))
