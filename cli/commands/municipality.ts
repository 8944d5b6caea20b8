// `waki municipality create`: one more town in a running local network.

import { required, CommandRefused, text, type Command } from '../command.ts'
import { civilNow, startOfFiscalYear } from '../network/civil-now.ts'
import { didWebOfUrl } from '../network/did-web.ts'
import { existingNetwork, writeNetwork } from '../network/folder.ts'
import { handleDomain, urlsOf } from '../network/specs.ts'
import { createTown, openTownBooks } from '../network/town.ts'
import { method } from '../../lexicons/authority.ts'
import { systemClock } from '../../server/clock.ts'
import { query } from '../xrpc-client.ts'
import { isMunicipalityCode } from '../../appview/journal/municipality-code.ts'

const PATIENCE_MS = 30_000
const POLL_MS = 200

export const municipalityCommand: Command = {
  usage: 'municipality create --code NNNNNN --name-ja 加賀市 --name-en "Kaga City" --handle kaga.pds1.test [--data DIR]',
  summary: 'Create a municipality in a running network: its account, its line in the roster, its policy and rate table.',
  options: {
    code: { type: 'string' },
    'name-ja': { type: 'string' },
    'name-en': { type: 'string' },
    handle: { type: 'string' },
    data: { type: 'string' },
  },
  run: async (args) => {
    if (args.positionals[0] !== 'create') throw new CommandRefused('say `waki municipality create`')
    const code = required(args, 'code', '172065')
    if (!isMunicipalityCode(code))
      throw new CommandRefused(
        `${code} is no municipality code: six digits, the last of which checks the others (JIS X 0401/0402), for example 172065`,
      )
    const handle = required(args, 'handle', 'kaga.pds1.test')
    const { dir, file } = existingNetwork(text(args, 'data'))
    if (file.towns.some((town) => town.code === code)) throw new CommandRefused(`there is a town ${code} in this network already`)
    const urls = urlsOf(file)
    const pds = urls.pds.find((_, i) => handle.endsWith(handleDomain(i)))
    if (pds === undefined)
      throw new CommandRefused(`handles of this network end in ${urls.pds.map((_, i) => handleDomain(i)).join(' or ')}`)
    const plan = { code, names: { ja: required(args, 'name-ja', '加賀市'), en: text(args, 'name-en') ?? code }, handle, pds }
    const { town, session } = await createTown(dir, plan)
    writeNetwork(dir, { ...file, towns: [...file.towns, town] })
    await untilListed(urls.appview, code)
    const now = await civilNow(pds)
    await openTownBooks(session, plan, { from: startOfFiscalYear(now.date), now: now.instant, appviewDid: didWebOfUrl(urls.appview) })
    process.stdout.write(`${plan.names.ja} (${code}) is ${town.did}, handle ${handle}.\nIts books are open: ${urls.appview}/m/${code}\n`)
  },
}

/** A town's records count from the leaf at which it is listed, so they are written after that. */
const untilListed = async (appview: string, code: string): Promise<void> => {
  const clock = systemClock()
  for (const deadline = clock.monotonicMs() + PATIENCE_MS; clock.monotonicMs() < deadline; await clock.sleep(POLL_MS)) {
    const { municipalities } = await query(appview, method.listMunicipalities, {})
    if (Array.isArray(municipalities) && municipalities.some((town: unknown) => isObject(town) && town['code'] === code)) return
  }
  throw new CommandRefused(
    `the appview does not list ${code} after ${PATIENCE_MS / 1000} s; its log says why (logs/appview.log in the data folder)`,
  )
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null
