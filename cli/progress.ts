// A progress bar for a terminal, or a line now and then for a log file.

export type ProgressBar = { readonly show: (done: number, total: number) => void; readonly done: () => void }

const WIDTH = 30
const PERCENT = 100
const LOG_STEP_PERCENT = 10

export const progressBar = (what: string, out: NodeJS.WriteStream): ProgressBar => {
  let shown = -1
  const line = (percent: number): string => `${what} [${'█'.repeat((percent * WIDTH) / PERCENT).padEnd(WIDTH, '·')}] ${percent} %`
  return {
    show: (done, total) => {
      const percent = total === 0 ? PERCENT : Math.min(PERCENT, Math.floor((done * PERCENT) / total))
      const step = out.isTTY ? 1 : LOG_STEP_PERCENT
      if (percent < shown + step && percent !== PERCENT) return
      if (percent === shown) return
      shown = percent
      out.write(out.isTTY ? `\r${line(percent)}` : `${line(percent)}\n`)
    },
    done: () => void (out.isTTY && out.write('\n')),
  }
}
