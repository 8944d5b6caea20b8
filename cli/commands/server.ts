// `waki plc|pds|relay|appview`: one server by itself, set by environment variables as its README lists them.

import type { Command } from '../command.ts'
import type { ServerName } from '../network/child.ts'

const summaries: Readonly<Record<ServerName, string>> = {
  plc: 'A did:plc directory for a closed network.',
  pds: 'A personal data server: accounts, signed repos, firehose.',
  relay: 'A relay: follows PDSes, verifies every commit, gives each event its leaf.',
  appview: 'An appview: follows one relay and keeps the books of its towns.',
}

export const serverCommand = (name: ServerName): Command => ({
  usage: name === 'appview' ? 'appview [--store FILE|URI] [--roles ingest,pages,xrpc,static,jobs]' : name,
  summary: `${summaries[name]} Settings come from the environment: see ${name}/README.md.`,
  // Read by the server itself.
  options: name === 'appview' ? { store: { type: 'string' }, roles: { type: 'string' } } : {},
  run: async () => {
    await import(`../../${name}/main.ts`)
  },
})
