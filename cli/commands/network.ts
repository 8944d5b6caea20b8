// `waki network` (npm start): a whole local network, each server its own process, until Ctrl-C.

import { resolve } from 'node:path'
import { flag, text, CommandRefused, type Arguments, type Command } from '../command.ts'
import { demoOpening } from '../demo/calendar.ts'
import { fillDemo } from '../demo/fill-demo.ts'
import { whatToSee } from '../demo/what-to-see.ts'
import { FOLLOWERS } from '../network/appview-parts.ts'
import { DEFAULT_DATA_DIR, openDataDir, readLogins, writeJson, writeNetwork } from '../network/folder.ts'
import { openNewTowns, startNetwork, type RunningNetwork } from '../network/start-network.ts'
import { watchRoster } from '../network/watch-roster.ts'
import { civilAt, startOfFiscalYear, type CivilNow } from '../network/civil-now.ts'
import { runClocks } from '../network/clocks.ts'
import { systemClock } from '../../server/clock.ts'

const say = (line: string): void => void process.stdout.write(`${line}\n`)

const openingOf = ({ date, instant }: CivilNow) => ({ from: startOfFiscalYear(date), now: instant })

const banner = async (dir: string, network: RunningNetwork): Promise<string> => {
  const { urls } = network
  const town = network.file().towns[0]
  const rows = [
    ['Pages ページ', `${urls.appview}/`],
    ['Appview', urls.appview],
    ['Relay', urls.relay],
    ...urls.pds.map((url, i) => [`PDS ${i + 1}`, url]),
    ['Directory', urls.plc],
  ]
  const resident = readLogins(dir).find(({ what }) => what.startsWith('resident'))
  const home = network.file().towns.find(({ names }) => resident?.what.includes(names.ja)) ?? town
  const on = dir === resolve(DEFAULT_DATA_DIR) ? '' : ` --data ${dir}`
  return [
    '',
    '和記 Waki is running. Ctrl-C stops it; the next start continues where it stood.',
    '',
    ...rows.map(([name = '', url = '']) => `  ${name.padEnd(14)} ${url}`),
    `  ${'Data'.padEnd(14)} ${dir}   (logins: ${dir}/logins.json)`,
    '',
    'What to do next',
    ...(network.file().demo === 'none'
      ? [
          `  npx waki account create --handle you.pds1.test${on}`,
          '      an account of your own',
          `  npx waki admit --handle you.pds1.test --town ${town?.code ?? 'CODE'}${on}`,
          '      the town takes you in',
          `  npx waki act --as you.pds1.test --category environment --minutes 45${on}`,
          '      an act of yours; it prints who may confirm it, and how',
          '  npm start -- --demo --data demo --ports 0',
          '      or look at two towns full of sample data',
        ]
      : [
          ...(await whatToSee(urls, resident?.handle ?? 'HANDLE')),
          `  npx waki act --as ${resident?.handle ?? 'HANDLE'} --town ${home?.code ?? 'CODE'} --category environment --minutes 45${on}`,
          '      an act of theirs; it prints who may confirm it, and how',
        ]),
    '',
  ].join('\n')
}

const untilStopped = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve())
  })

const isSplit = (args: Arguments): boolean => {
  const wanted = text(args, 'appview-processes') ?? 'together'
  if (wanted !== 'together' && wanted !== 'split') throw new CommandRefused(`--appview-processes takes together or split, not "${wanted}"`)
  return wanted === 'split'
}

const followersOf = (network: RunningNetwork, isDivided: boolean) =>
  (isDivided ? FOLLOWERS : ['appview']).map((name) => network.child(name))

export const networkCommand: Command = {
  usage: 'network [--demo] [--data DIR] [--ports 0|FIRST] [--ready FILE] [--store URI] [--appview-processes together|split]   (npm start)',
  summary: 'Start a local network: directory, two PDSes, relay, appview with pages. --demo fills two towns with sample data.',
  options: {
    demo: { type: 'boolean' },
    data: { type: 'string' },
    ports: { type: 'string' },
    ready: { type: 'string' },
    store: { type: 'string' },
    'appview-processes': { type: 'string' },
  },
  run: async (args) => {
    const dir = openDataDir(text(args, 'data'))
    const stopped = untilStopped()
    const network = await startNetwork({
      dir,
      ports: text(args, 'ports'),
      store: text(args, 'store'),
      demo: flag(args, 'demo'),
      clockStart: demoOpening(systemClock().realMs()),
      isSplit: isSplit(args),
      say,
    })
    try {
      const file = network.file()
      if (file.demo === 'filling') {
        await Promise.race([
          fillDemo(network, dir, say),
          stopped.then(() =>
            Promise.reject(
              new CommandRefused('stopped while the demo was filled; empty the folder with `npx waki reset` before the next start'),
            ),
          ),
        ])
        writeNetwork(dir, { ...file, demo: 'done' })
      } else {
        if (file.demo === 'done') await runClocks(network.urls)
        if (network.townSessions.length > 0) await openNewTowns(network, openingOf(civilAt(systemClock().civilMs())))
      }
      say(await banner(dir, network))
      const ready = text(args, 'ready')
      if (ready !== undefined) writeJson(ready, network.urls)
      using _roster = watchRoster(dir, followersOf(network, isSplit(args)))
      await stopped
      say('Stopping …')
    } finally {
      await network.stop()
    }
    say('Stopped. Everything is kept.')
  },
}
