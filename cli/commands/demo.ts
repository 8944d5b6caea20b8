// `waki demo`: the same as `npm start -- --demo`.

import type { Command } from '../command.ts'
import { networkCommand } from './network.ts'

export const demoCommand: Command = {
  ...networkCommand,
  usage: 'demo [--data DIR] [--ports 0|FIRST] [--ready FILE]',
  summary: 'Start a local network whose two towns are filled with sample data.',
  run: (args) => networkCommand.run({ ...args, values: { ...args.values, demo: true } }),
}
