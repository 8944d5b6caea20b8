// `waki close` and `waki restate`: the desk's procedures, called as the town or as one of its desk.

import { deskMethod } from '../../lexicons/authority.ts'
import { systemClock } from '../../server/clock.ts'
import { query, procedure, XrpcRefused } from '../xrpc-client.ts'
import { CommandRefused, flag, required, text, type Arguments, type Command } from '../command.ts'
import { actingOptions, actingSession, townOf } from '../network/acting.ts'
import { didWebOfUrl } from '../network/did-web.ts'
import { existingNetwork } from '../network/folder.ts'
import { urlsOf } from '../network/specs.ts'

const YEAR = /^\d{4}$/

const yearOf = (args: Arguments): number => {
  const year = required(args, 'year', '2026')
  if (!YEAR.test(year)) throw new CommandRefused(`--year ${year} is no fiscal year; say its first calendar year, for example --year 2026`)
  return Number(year)
}

type Answer = Readonly<Record<string, unknown>>

/** Asks the network's appview as the town, or as who --as names. */
const askDesk = async (args: Arguments, nsid: string, input: Answer): Promise<Answer> => {
  const town = townOf(args)
  const session = await actingSession(args, text(args, 'as') ?? town.handle)
  const { appview } = urlsOf(existingNetwork(text(args, 'data')).file)
  const asked = { aud: didWebOfUrl(appview), lxm: nsid }
  const { token } = await query(session.service, 'com.atproto.server.getServiceAuth', asked, session.accessJwt)
  return procedure(appview, nsid, { town: town.code, ...input }, String(token))
}

const PATIENCE_MS = 15_000
const POLL_MS = 300

/** The books may be a moment behind the log; the desk says so. */
const patiently = async (ask: () => Promise<Answer>): Promise<Answer> => {
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

const tell = (args: Arguments, year: number, answer: Answer): void => {
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
    tell(args, fiscalYear, await patiently(() => askDesk(args, deskMethod.close, { fiscalYear, despite })))
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
    tell(
      args,
      fiscalYear,
      await askDesk(args, deskMethod.restate, {
        fiscalYear,
        reason,
        correct: flag(args, 'correct'),
        ...(rateTable === undefined ? {} : { rateTable }),
      }),
    )
  },
}
