// Somebody deletes the account. Thirty days later the person is gone from the books, and every total is what it was: the story asks for the statements
// as known at one leaf before and after, and compares the bytes.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { method } from '../../../lexicons/authority.ts'
import { queryAs } from '../../network/as-person.ts'
import { dropLogin } from '../../network/folder.ts'
import { procedure, XrpcRefused } from '../../xrpc-client.ts'
import { leavesOf, until, untilGone } from '../settle.ts'
import { personAt, playerOf, type Stage } from '../stage.ts'
import { left, type Chapter } from './chapter.ts'

const OPERATOR = 'admin'
const PAGE = '100'
const NEIGHBOUR = 2
const RECEIVED = 5110

type Known = { readonly leaf: string; readonly statements: readonly string[]; readonly hashes: readonly string[] }

export const erasure = (): Chapter => {
  let before: Known | undefined
  let page: Record<string, string> | undefined
  return {
    neighbours: async (stage) => {
      const subject = await stage.act(leaverOf(stage), { category: 'community', minutes: 60 })
      await stage.confirm(personAt(stage, NEIGHBOUR), subject, { role: 'beneficiary' })
      // What a neighbour did for them stays the neighbour's, to be seen in the journal: its other side has no name any more.
      const thanked = await stage.act(personAt(stage, NEIGHBOUR), { category: 'community', minutes: 45 })
      await stage.confirm(leaverOf(stage), thanked, { role: 'beneficiary' })
    },
    deleteAccount: async (stage) => {
      const leaver = leaverOf(stage)
      const pds = stage.network.urls.pds.indexOf(leaver.service) + 1
      const password = readFileSync(join(stage.dir, `pds${pds}`, 'admin-password'), 'utf8').trim()
      await procedure(leaver.service, 'com.atproto.admin.deleteAccount', { did: leaver.did }, { basic: `${OPERATOR}:${password}` })
      dropLogin(stage.dir, leaver.did)
      await untilGone(stage.network.urls, leaver.did)
    },
    eveOfErasure: async (stage) => {
      page = await pageNaming(stage, leaverOf(stage).did)
      before = await knownAt(stage, String(await leavesOf(stage.network.urls)))
    },
    erasure: async (stage) => {
      const { did } = leaverOf(stage)
      const entries = (): Promise<string> => journalPage(stage, left(page, 'page of the journal'))
      await until(`the books still name ${did}`, async () => !(await entries()).includes(did))
      const { leaf, statements, hashes } = left(before, 'statement before')
      const after = await knownAt(stage, leaf)
      if (JSON.stringify(after.statements) !== JSON.stringify(statements))
        throw new XrpcRefused(500, 'TotalsChanged', 'an erasure changed the totals of the scope')
      const [key = ''] = /X:\d{6}#\d+/.exec(await entries()) ?? []
      stage.say(`Erased: a resident, thirty days after the account was deleted; the journal says ${key}`)
      for (const [i, hash] of hashes.entries())
        stage.say(
          `  ${stage.codes[0]} fiscal year ${stage.calendar.closedYear + i} as known at leaf ${leaf}: byte-equal before and after, ${hash}`,
        )
    },
  }
}

const leaverOf = (stage: Stage) => personAt(stage, playerOf(stage, 'leaver'))

const journalPage = async ({ cast, network, codes }: Stage, params: Readonly<Record<string, string>>): Promise<string> => {
  const asked = { scope: codes[0] ?? '', limit: PAGE, ...params }
  return JSON.stringify(await queryAs(cast.auditor, network.urls.appview, method.listJournal, asked))
}

/** The first page of the town's journal that says what somebody received. */
const pageNaming = async (stage: Stage, did: string): Promise<Record<string, string>> => {
  for (let params: Record<string, string> = {}; ;) {
    const page = await journalPage(stage, params)
    if (new RegExp(`"P:${did}","scope":"\\d+","account":${RECEIVED},`).test(page)) return params
    const { cursor } = JSON.parse(page)
    if (typeof cursor !== 'string') throw new RangeError(`no entry of the journal names ${did}`)
    params = { cursor }
  }
}

/** The statements of both years as known at a leaf, for the auditor. */
const knownAt = async (stage: Stage, leaf: string): Promise<Known> => {
  const { cast, calendar, codes } = stage
  const answers = await Promise.all(
    [calendar.closedYear, calendar.closedYear + 1].map((year) =>
      stage.statement(cast.auditor, { scope: codes[0] ?? '', fiscalYear: String(year), leaf }),
    ),
  )
  const hashOf = (proof: unknown): string => (typeof proof === 'object' && proof !== null && 'hash' in proof ? String(proof.hash) : '')
  return {
    leaf,
    statements: answers.map((answer) => JSON.stringify(answer['statement'])),
    hashes: answers.map(({ proof }) => hashOf(proof)),
  }
}
