// Starts a local network: directory, PDSes, relay, then its towns' accounts where they are missing, then the appview, which needs the roster.

import { clockOf } from './clocks.ts'
import { didWebOfUrl } from './did-web.ts'
import { appviewParts } from './appview-parts.ts'
import { startChild, type Child, type ChildSpec } from './child.ts'
import { readNetwork, writeNetwork, type NetworkFile } from './folder.ts'
import { openFront, type Front } from './front.ts'
import { createLexiconAccount } from './lexicon-account.ts'
import { checkPortsFree, choosePorts } from './ports.ts'
import { specsOf, urlsOf, handleDomain, type NetworkUrls } from './specs.ts'
import { createTown, openTownBooks, type TownPlan } from './town.ts'
import type { Session } from '../xrpc-client.ts'
import { CommandRefused } from '../command.ts'

export type StartOptions = {
  readonly dir: string
  readonly ports: string | undefined
  readonly store: string | undefined
  readonly demo: boolean
  /** Where the civil time of a new demo begins, ISO. */
  readonly clockStart: string | undefined
  /** The appview as processes beside one another. */
  readonly isSplit: boolean
  readonly say: (line: string) => void
}

export type RunningNetwork = {
  readonly urls: NetworkUrls
  readonly file: () => NetworkFile
  readonly isNew: boolean
  /** Sessions of the towns that this start created, in the order of their plans. */
  readonly townSessions: readonly Session[]
  readonly child: (name: string) => Child
  readonly stop: () => Promise<void>
}

/** The towns of a new network: one empty one, or the two of the demo. */
export const townPlans = (pds: readonly string[], demo: boolean): readonly TownPlan[] => {
  const plans = [
    { code: '172014', names: { ja: '金沢市', en: 'Kanazawa City' }, handle: `kanazawa${handleDomain(0)}`, pds: pds[0] ?? '' },
    { code: '172031', names: { ja: '小松市', en: 'Komatsu City' }, handle: `komatsu${handleDomain(1)}`, pds: pds[1] ?? '' },
  ]
  return demo ? plans : plans.slice(0, 1)
}

const networkOf = async (options: StartOptions): Promise<{ file: NetworkFile; isNew: boolean }> => {
  const known = readNetwork(options.dir)
  const isDemo = known === undefined ? options.demo : known.demo !== 'none'
  if (isDemo && options.isSplit)
    throw new CommandRefused(
      'the clocks of a demo are moved together, and those of a divided appview cannot be: leave --appview-processes away',
    )
  if (known === undefined) {
    const file: NetworkFile = {
      version: 1,
      ports: await choosePorts(options.ports),
      towns: [],
      store: options.store ?? null,
      demo: options.demo ? 'filling' : 'none',
    }
    return { file, isNew: true }
  }
  const empty = 'empty it first with `npx waki reset`, or choose another folder with --data DIR'
  if (options.demo && known.demo === 'none')
    throw new CommandRefused(`${options.dir} holds a network of one's own, and demo data never goes among it; ${empty}`)
  if (known.demo === 'filling') throw new CommandRefused(`the demo in ${options.dir} was interrupted while it was filled; ${empty}`)
  return { file: { ...known, store: options.store ?? known.store }, isNew: false }
}

/** Whole, or its parts with one address before them. */
const startAppview = async (
  whole: ChildSpec,
  file: NetworkFile,
  isSplit: boolean,
  start: (spec: ChildSpec) => Promise<void>,
): Promise<Front | null> => {
  if (!isSplit) {
    await start(whole)
    return null
  }
  const { specs, behind } = await appviewParts(whole)
  for (const spec of specs) await start(spec)
  return openFront(file.ports.appview, behind)
}

/** Starts everything that is not started; on any failure stops what was started and throws CommandRefused. */
export const startNetwork = async (options: StartOptions): Promise<RunningNetwork> => {
  const { file: found, isNew } = await networkOf(options)
  await checkPortsFree(found.ports)
  let file = found
  const children: Child[] = []
  let front: Front | null = null
  const stop = async (): Promise<void> => {
    await front?.close()
    // The followers first, so that none of them reports the loss of the others.
    for (const child of children.splice(0).toReversed()) await child.stop()
  }
  const isSettable = file.demo !== 'none'
  const urls = urlsOf(file)
  const start = async (spec: Parameters<typeof startChild>[0]): Promise<void> => {
    children.push(
      await startChild(spec, options.say, isSettable ? () => clockOf(spec.url === urls.plc ? urls.relay : urls.plc) : undefined),
    )
  }
  const townSessions: Session[] = []
  try {
    const specs = specsOf(options.dir, file, file.demo === 'filling' ? options.clockStart : undefined)
    await start(specs.plc)
    const first = await Promise.allSettled([...specs.pds.map(start), start(specs.relay)])
    for (const one of first) if (one.status === 'rejected') throw one.reason
    if (isNew) {
      writeNetwork(options.dir, file)
      await createLexiconAccount(options.dir, urls.pds[0] ?? '', handleDomain(0))
    }
    for (const plan of file.towns.length > 0 ? [] : townPlans(urls.pds, options.demo)) {
      const { town, session } = await createTown(options.dir, plan)
      file = { ...file, towns: [...file.towns, town] }
      writeNetwork(options.dir, file)
      townSessions.push(session)
    }
    front = await startAppview(specs.appview, file, options.isSplit, start)
    // Only a store that it could be started on is kept.
    if (!isNew && options.store !== undefined) writeNetwork(options.dir, file)
    return {
      urls,
      file: () => file,
      isNew,
      townSessions,
      stop,
      child: (name) => {
        const child = children.find((one) => one.name === name)
        if (child === undefined) throw new CommandRefused(`there is no server named ${name} in this network`)
        return child
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Opens the books of a new network's towns as of a civil date. */
export const openNewTowns = async (network: RunningNetwork, opened: { from: string; now: string }): Promise<void> => {
  const plans = townPlans(network.urls.pds, network.file().demo !== 'none')
  const appviewDid = didWebOfUrl(network.urls.appview)
  for (const [i, session] of network.townSessions.entries()) {
    const plan = plans[i]
    if (plan !== undefined) await openTownBooks(session, plan, { ...opened, appviewDid })
  }
}
