// What Linux says of a process: CPU time, memory, bytes written. Elsewhere all figures are NaN.

import { existsSync, readFileSync } from 'node:fs'

const TICKS_PER_SECOND = 100

export type ProcessFigures = { readonly cpuSeconds: number; readonly rssMb: number; readonly peakMb: number; readonly writtenKb: number }

const unknown: ProcessFigures = { cpuSeconds: NaN, rssMb: NaN, peakMb: NaN, writtenKb: NaN }

export const processFigures = (pid: number): ProcessFigures => {
  if (!existsSync(`/proc/${pid}/stat`)) return unknown
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const status = readFileSync(`/proc/${pid}/status`, 'latin1')
  const io = readFileSync(`/proc/${pid}/io`, 'latin1')
  const numberAfter = (text: string, name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? NaN)
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
    rssMb: numberAfter(status, 'VmRSS') / 1024,
    peakMb: numberAfter(status, 'VmHWM') / 1024,
    writtenKb: numberAfter(io, 'write_bytes') / 1024,
  }
}

const MICROSECONDS = 1e6

/** Of this process. */
export const ownCpuSeconds = (): number => {
  const { userCPUTime, systemCPUTime } = process.resourceUsage()
  return (userCPUTime + systemCPUTime) / MICROSECONDS
}
