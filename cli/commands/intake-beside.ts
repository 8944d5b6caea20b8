// What an intake is held against, as the options of the commands that read one say it: a relay by its address or its folder, a directory by its address.

import { existsSync } from 'node:fs'
import { besideAt, OriginUnavailable, type Beside } from '../../appview/intake.ts'
import { readRelayLog } from '../../relay/audit.ts'
import { CommandRefused, text, type Arguments, type Options } from '../command.ts'

export const besideOptions: Options = { relay: { type: 'string' }, log: { type: 'string' }, plc: { type: 'string' } }
export const BESIDE_USAGE = '[--relay URL|--log RELAY-FOLDER] [--plc URL]'

/** Runs with the log and the directory that are named; `folder` is a relay's where none is. */
export const withBeside = async <T>(args: Arguments, use: (beside: Beside) => Promise<T>, folder?: string): Promise<T> => {
  const [relayUrl, plcUrl] = [urlIn(args, 'relay'), urlIn(args, 'plc')]
  const named = text(args, 'log')
  if (named !== undefined && relayUrl !== undefined) throw new CommandRefused('name the log once: --relay URL or --log FOLDER')
  const dir = named ?? (relayUrl === undefined && folder !== undefined && existsSync(folder) ? folder : undefined)
  const log = dir === undefined ? undefined : readRelayLog(dir)
  if (named !== undefined && log === undefined) throw new CommandRefused(`${named} is no relay’s data folder`)
  const beside = besideAt({ ...(relayUrl === undefined ? {} : { relayUrl }), ...(plcUrl === undefined ? {} : { plcUrl }) })
  try {
    return await use(log === undefined ? beside : { ...beside, log: { folder: log } })
  } catch (error) {
    if (error instanceof OriginUnavailable) throw new CommandRefused(error.message)
    throw error
  } finally {
    log?.close()
  }
}

const urlIn = (args: Arguments, name: string): string | undefined => {
  const url = text(args, name)
  if (url !== undefined && !/^https?:$/.test(URL.parse(url)?.protocol ?? '')) throw new CommandRefused(`--${name} ${url} is no address`)
  return url
}
