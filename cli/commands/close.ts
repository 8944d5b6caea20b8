// `waki close` and `waki restate`: the desk's procedures, called as the town or as one of its desk.

import { systemClock } from '../../server/clock.ts'
import { XrpcRefused } from '../xrpc-client.ts'
import { CommandRefused, flag, required, text, type Arguments, type Command } from '../command.ts'
import { actingOptions, townOf } from '../network/acting.ts'
import { openDesk, type Desk, type Fields } from '../network/desk-call.ts'

const YEAR = /^\d{4}$/

const yearOf = (args: Arguments): number => {
  const year = required(args, 'year', '2026')
  if (!YEAR.test(year)) throw new CommandRefused(`--year ${year} is no fiscal year; say its first calendar year, for example --year 2026`)
  return Number(year)
}

const PATIENCE_MS = 15_000
const POLL_MS = 300

/** The books may be a moment behind the log; the desk says so. */
const patiently = async (ask: () => Promise<Fields>): Promise<Fields> => {
  const clock = systemClock()
  for (const deadline = clock.monotonicMs() + PATIENCE_MS; ; await clock.sleep(POLL_MS)) {
    try {
      return await ask()
    } catch (error) {
      const isBehind = error instanceof XrpcRefused && error.message.startsWith('close.gap') && error.message.includes('(leaf ')
      if (!isBehind || clock.monotonicMs() > deadline) throw error
    }
  }
}

/** The job goes on without us; its end is waited for as long as it takes. */
const untilDone = async (desk: Desk, answer: Fields): Promise<Fields> => {
  if (answer['version'] !== undefined) return answer
  const id = String(answer['job'])
  for (const clock = systemClock(); ; await clock.sleep(POLL_MS)) {
    const { state, result, reasons } = await desk.ask('getJob', { id })
    if (state === 'done' && typeof result === 'object' && result !== null) return { ...result }
    if (state !== 'waiting' && state !== 'running') throw new CommandRefused(`job ${id}: ${String(state)} ${JSON.stringify(reasons)}`)
  }
}

const tell = (args: Arguments, year: number, answer: Fields): void => {
  const town = townOf(args)
  const { version, hash, record, gaps } = answer
  process.stdout.write(
    `${town.names.ja} (${town.code}) ${year}年度 第${String(version)}版 / fiscal year ${year}, version ${String(version)}\n` +
      `hash ${String(hash)}\n${String(record)}\n` +
      (Number(gaps) > 0 ? `closed without ${String(gaps)} repos that could not be had\n` : '') +
      'The records are on their way into the town’s repo; anybody verifies them with `npx waki statement verify`.\n',
  )
}

const shared = { ...actingOptions, town: { type: 'string' }, year: { type: 'string' } } as const

export const closeCommand: Command = {
  usage: 'close --year YYYY [--town CODE] [--without DID,DID] [--as HANDLE] [--data DIR]',
  summary: 'Close a fiscal year of a town: publish its statements as known at the cut-off, and the close that seals them.',
  options: { ...shared, without: { type: 'string' } },
  run: async (args) => {
    const fiscalYear = yearOf(args)
    const despite = text(args, 'without')?.split(',') ?? []
    const desk = await openDesk(args)
    tell(args, fiscalYear, await untilDone(desk, await patiently(() => desk.ask('close', { fiscalYear, despite }))))
  },
}

export const restateCommand: Command = {
  usage: 'restate --year YYYY --reason TEXT [--rates at://…] [--correct] [--town CODE] [--as HANDLE] [--data DIR]',
  summary:
    'Publish a later version of a closed year, valued by a rate table or made by later rules. Nothing recorded after the cut-off comes in.',
  options: { ...shared, reason: { type: 'string' }, rates: { type: 'string' }, correct: { type: 'boolean' } },
  run: async (args) => {
    const fiscalYear = yearOf(args)
    const reason = required(args, 'reason', '単価表の改定')
    const rateTable = text(args, 'rates')
    const desk = await openDesk(args)
    const input = { fiscalYear, reason, correct: flag(args, 'correct'), ...(rateTable === undefined ? {} : { rateTable }) }
    tell(args, fiscalYear, await untilDone(desk, await desk.ask('restate', input)))
  },
}
