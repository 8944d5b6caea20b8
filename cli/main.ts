// Reads the command line, finds the command, runs it, and says what went wrong in one sentence.

import { parseArgs } from 'node:util'
import { CommandRefused, type Command } from './command.ts'
import { XrpcRefused } from './xrpc-client.ts'

/** Loaded when asked for: most need a small part of what all of them do. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  network: async () => (await import('./commands/network.ts')).networkCommand,
  plc: async () => (await import('./commands/server.ts')).serverCommand('plc'),
  pds: async () => (await import('./commands/pds.ts')).pdsCommand,
  relay: async () => (await import('./commands/server.ts')).serverCommand('relay'),
  appview: async () => (await import('./commands/server.ts')).serverCommand('appview'),
  account: async () => (await import('./commands/account.ts')).accountCommand,
  municipality: async () => (await import('./commands/municipality.ts')).municipalityCommand,
  admit: async () => (await import('./commands/admit.ts')).admitCommand,
  act: async () => (await import('./commands/act.ts')).actCommand,
  confirm: async () => (await import('./commands/confirm.ts')).confirmCommand,
  demo: async () => (await import('./commands/demo.ts')).demoCommand,
  desk: async () => (await import('./commands/desk.ts')).deskCommand,
  close: async () => (await import('./commands/close.ts')).closeCommand,
  restate: async () => (await import('./commands/close.ts')).restateCommand,
  statement: async () => (await import('./commands/statement.ts')).statementCommand,
  export: async () => (await import('./commands/export.ts')).exportCommand,
  prefecture: async () => (await import('./commands/prefecture.ts')).prefectureCommand,
  intake: async () => (await import('./commands/intake.ts')).intakeCommand,
  lexicons: async () => (await import('./commands/lexicons.ts')).lexiconsCommand,
  rebuild: async () => (await import('./commands/rebuild.ts')).rebuildCommand,
  audit: async () => (await import('./commands/audit.ts')).auditCommand,
  store: async () => (await import('./commands/store.ts')).storeCommand,
  reset: async () => (await import('./commands/reset.ts')).resetCommand,
}

const help = async (): Promise<string> => {
  const all = await Promise.all(Object.values(commands).map((load) => load()))
  const lines = all.map((command) => `  waki ${command.usage}\n      ${command.summary}`)
  return `和記 Waki — signed records of mutual aid, and the statements made of them\n\n${lines.join('\n')}\n`
}

const run = async (argv: readonly string[]): Promise<void> => {
  const [name = 'help', ...rest] = argv
  if (['help', '--help', '-h'].includes(name)) return void process.stdout.write(await help())
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (load === undefined) throw new CommandRefused(`there is no command "${name}"; \`npx waki help\` lists them`)
  const command = await load()
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
