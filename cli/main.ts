// Reads the command line, finds the command, runs it, and says what went wrong in one sentence.

import { parseArgs } from 'node:util'
import { CommandRefused, type Command } from './command.ts'
import { accountCommand } from './commands/account.ts'
import { actCommand } from './commands/act.ts'
import { admitCommand } from './commands/admit.ts'
import { auditCommand } from './commands/audit.ts'
import { closeCommand, restateCommand } from './commands/close.ts'
import { confirmCommand } from './commands/confirm.ts'
import { demoCommand } from './commands/demo.ts'
import { deskCommand } from './commands/desk.ts'
import { exportCommand } from './commands/export.ts'
import { lexiconsCommand } from './commands/lexicons.ts'
import { intakeCommand } from './commands/intake.ts'
import { municipalityCommand } from './commands/municipality.ts'
import { networkCommand } from './commands/network.ts'
import { pdsCommand } from './commands/pds.ts'
import { prefectureCommand } from './commands/prefecture.ts'
import { rebuildCommand } from './commands/rebuild.ts'
import { resetCommand } from './commands/reset.ts'
import { serverCommand } from './commands/server.ts'
import { storeCommand } from './commands/store.ts'
import { statementCommand } from './commands/statement.ts'
import { XrpcRefused } from './xrpc-client.ts'

const commands: Readonly<Record<string, Command>> = {
  network: networkCommand,
  plc: serverCommand('plc'),
  pds: pdsCommand,
  relay: serverCommand('relay'),
  appview: serverCommand('appview'),
  account: accountCommand,
  municipality: municipalityCommand,
  admit: admitCommand,
  act: actCommand,
  confirm: confirmCommand,
  demo: demoCommand,
  desk: deskCommand,
  close: closeCommand,
  restate: restateCommand,
  statement: statementCommand,
  export: exportCommand,
  prefecture: prefectureCommand,
  intake: intakeCommand,
  lexicons: lexiconsCommand,
  rebuild: rebuildCommand,
  audit: auditCommand,
  store: storeCommand,
  reset: resetCommand,
}

const help = (): string => {
  const lines = Object.values(commands).map((command) => `  waki ${command.usage}\n      ${command.summary}`)
  return `和記 Waki — signed records of mutual aid, and the statements made of them\n\n${lines.join('\n')}\n`
}

const run = async (argv: readonly string[]): Promise<void> => {
  const [name = 'help', ...rest] = argv
  if (['help', '--help', '-h'].includes(name)) return void process.stdout.write(help())
  const command = commands[name]
  if (command === undefined) throw new CommandRefused(`there is no command "${name}"; \`npx waki help\` lists them`)
  const parsed = parseArgs({ args: rest, options: { ...command.options, help: { type: 'boolean' } }, allowPositionals: true })
  if (parsed.values['help'] === true) return void process.stdout.write(`waki ${command.usage}\n${command.summary}\n`)
  const values: Record<string, string | boolean | undefined> = {}
  for (const [key, value] of Object.entries(parsed.values)) if (!Array.isArray(value)) values[key] = value
  await command.run({ values, positionals: parsed.positionals })
}

const isUsageError = (error: unknown): error is Error =>
  error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')

/** A server's folder or settings that cannot be used (server/start-error.ts): its sentence is for the operator, too. */
const isStartError = (error: unknown): error is Error => error instanceof Error && error.name === 'StartError'

// Whoever reads along and has read enough, as `head` does, closes the pipe: that is no failure.
process.stdout.on('error', (error) => {
  if (!('code' in error) || error.code !== 'EPIPE') throw error
  process.exit()
})

try {
  await run(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof CommandRefused) && !(error instanceof XrpcRefused) && !isUsageError(error) && !isStartError(error)) throw error
  process.stderr.write(`waki: ${error.message}\n`)
  process.exitCode = error instanceof CommandRefused ? error.exitCode : 1
}
