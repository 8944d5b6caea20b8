// `waki audit`: every server's data folder checked again from its stored bytes, without asking any server. The appview's is also held against the log it
// followed and the directory its keys come from, which lie beside it.

import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { auditAppview, auditStore, StartError } from '../../appview/audit.ts'
import type { Beside } from '../../appview/audit.ts'
import type { StoreAddress } from '../../appview/store/open-store.ts'
import { auditPds } from '../../pds/audit.ts'
import { readDirectory } from '../../plc/audit.ts'
import { auditRelay, readRelayLog } from '../../relay/audit.ts'
import type { AuditReport } from '../../server/audit-report.ts'
import { text, CommandRefused, type Command } from '../command.ts'
import { existingNetwork } from '../network/folder.ts'
import { STORE_OPTIONS, STORE_USAGE, storeNamed } from './store-named.ts'

/** `store`: of an appview whose store is elsewhere. */
type Auditor = (dataDir: string, store?: string | null) => Promise<AuditReport>

const auditorOf = (name: string): Auditor | undefined => {
  if (name.startsWith('pds')) return (dataDir) => auditPds(dataDir)
  if (name === 'relay') return (dataDir) => auditRelay(dataDir)
  if (name === 'appview') return auditAppviewInNetwork
  return undefined
}

/** An appview's folder, held against the log and the directory of its network where they lie beside it. */
export const auditAppviewInNetwork: Auditor = async (dataDir, store = null) => {
  const relayDir = join(dirname(dataDir), 'relay')
  const log = existsSync(relayDir) ? readRelayLog(relayDir) : undefined
  const directory = readDirectory(join(dirname(dataDir), 'plc'))
  const beside: Beside = { ...(log === undefined ? {} : { log }), ...(directory === undefined ? {} : { directory }) }
  try {
    return await auditAppview(dataDir, beside, store)
  } finally {
    log?.close()
    directory?.close()
  }
}

const tell = (name: string, report: AuditReport): void => {
  const counts = Object.entries(report.checked).map(([what, count]) => `${count} ${what}`)
  process.stdout.write(`${name}: ${report.problems.length === 0 ? 'sound' : `${report.problems.length} problems`} (${counts.join(', ')})\n`)
  for (const problem of report.problems) process.stdout.write(`  ${problem.where}: ${problem.what}\n`)
}

/** An appview in service, which may go on meanwhile. */
const auditNamed = async (where: StoreAddress, names: readonly string[]): Promise<void> => {
  if (names.some((name) => name !== 'appview')) throw new CommandRefused('a store is an appview’s: npx waki audit appview --store FILE|URI')
  try {
    const report = await auditStore(where)
    tell('appview', report)
    if (report.problems.length > 0) throw problemsIn(report.problems.length)
  } catch (error) {
    if (error instanceof StartError) throw new CommandRefused(error.message)
    throw error
  }
}

const problemsIn = (count: number): CommandRefused =>
  new CommandRefused(`${count} problems found; keep this folder as it is and restore a backup elsewhere`)

export const auditCommand: Command = {
  usage: `audit [pds1|pds2|relay|appview] [--data DIR] | audit appview ${STORE_USAGE}`,
  summary:
    'Verify again everything a network stores: trees, signatures, events, leaves, transactions, balances. With --store, or where an appview’s settings name one: that appview’s, as of one moment.',
  options: { data: { type: 'string' }, ...STORE_OPTIONS },
  run: async (args) => {
    const named = storeNamed(args)
    if (named !== null) return auditNamed(named, args.positionals)
    const { dir, file } = existingNetwork(text(args, 'data'))
    const all = [...file.ports.pds.map((_, i) => `pds${i + 1}`), 'relay', 'appview']
    const wanted = args.positionals.length === 0 ? all : args.positionals
    let problems = 0
    for (const name of wanted) {
      const audit = auditorOf(name)
      if (audit === undefined || !existsSync(join(dir, name)))
        throw new CommandRefused(`there is no ${name} in ${dir}; it has ${all.join(', ')}`)
      const report = await audit(join(dir, name), file.store)
      tell(name, report)
      problems += report.problems.length
    }
    if (problems > 0) throw problemsIn(problems)
  },
}
