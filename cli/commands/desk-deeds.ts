// The deeds of `waki desk`, each by its words: the options it reads, the method it calls, and what it tells.

import { flag, required, text, CommandRefused, type Arguments } from '../command.ts'
import { didOf } from '../network/acting.ts'
import type { Desk, DeskMethodName, Fields } from '../network/desk-call.ts'
import type { Deed } from './desk-deed.ts'
import { readObject, readRows, readText, type Rows } from './desk-sheet-file.ts'
import { jobDeeds } from './desk-jobs.ts'
import { told, toldDraft, toldImport, toldList, toldSheet } from './desk-told.ts'

const optional = (args: Arguments, ...names: readonly string[]): Fields =>
  Object.fromEntries(names.flatMap((name) => (text(args, name) === undefined ? [] : [[name, text(args, name)] as const])))

const whom = async (args: Arguments, name = 'handle'): Promise<string> => didOf(args, required(args, name, 'aoi.pds1.test'))

const number = (args: Arguments, name: string, example: string): number => {
  const value = Number(required(args, name, example))
  if (!Number.isInteger(value)) throw new CommandRefused(`--${name} takes a whole number, for example --${name} ${example}`)
  return value
}

const listing = (name: DeskMethodName, usage: string, ...more: readonly string[]): Deed => ({
  usage,
  run: async (desk, args) => toldList(await desk.ask(name, optional(args, 'limit', 'cursor', ...more))),
})

const published = (name: DeskMethodName, usage: string, input: (args: Arguments) => Promise<Fields> | Fields): Deed => ({
  usage,
  run: async (desk, args) => told(await desk.ask(name, await input(args))),
})

/** The version somebody has read, or the one that stands now. */
const versionOf = async (desk: Desk, args: Arguments, id: string): Promise<number> => {
  if (text(args, 'version') !== undefined) return number(args, 'version', '2')
  const { drafts } = await desk.ask('listDrafts', { limit: 200 })
  const draft = Array.isArray(drafts) ? drafts.find((one: unknown) => isFields(one) && one['id'] === id) : undefined
  if (!isFields(draft)) throw new CommandRefused(`there is no draft ${id} among the last 200; name its --version too`)
  return Number(draft['version'])
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null

const deciding = (name: 'propose' | 'approve' | 'withdraw'): Deed => ({
  usage: '--id ID [--version N]',
  run: async (desk, args) => {
    const id = required(args, 'id', '3m…')
    return toldDraft(await desk.ask(name, { id, version: await versionOf(desk, args, id) }))
  },
})

const sheetOf = async (args: Arguments): Promise<{ readonly sheet: Fields; readonly faults: Rows['faults'] }> => {
  const file = required(args, 'file', 'list.csv')
  if (file.endsWith('.json')) return { sheet: readObject(file), faults: [] }
  const host = text(args, 'host')
  const { rows, faults } = readRows(file)
  const sheet = {
    title: required(args, 'title', '中央公園の清掃'),
    eventId: required(args, 'event', 'park-2026-11-15'),
    performedOn: required(args, 'on', '2026-11-15'),
    category: required(args, 'category', 'environment'),
    minutes: number(args, 'minutes', '120'),
    receiver: text(args, 'for') ?? 'public',
    ...(host === undefined ? {} : { hostBody: await didOf(args, host) }),
    rows,
  }
  return { sheet, faults }
}

const toldFaults = (faults: Rows['faults']): readonly string[] =>
  faults.length === 0
    ? []
    : [
        `${faults.length} lines of the file are left out / 名簿に入れなかった行`,
        ...faults.map(({ line, said }) => `  line ${line}: ${said}`),
      ]

const saveSheet: Deed = {
  usage:
    '--file list.csv --title T --event ID --on DATE --category C --minutes N [--for public|unnamed] [--host HANDLE] [--id ID --version N]',
  run: async (desk, args) => {
    const id = text(args, 'id')
    const at = id === undefined ? {} : { id, version: await versionOf(desk, args, id) }
    const { sheet, faults } = await sheetOf(args)
    return [toldSheet(await desk.ask('saveSheet', { sheet, ...at })), ...toldFaults(faults)].join('\n')
  },
}

const roles: Readonly<Record<string, Deed>> = {
  'role add': published('addRole', '--handle HANDLE|DID --role clerk|approver|admin|auditor', async (args) => ({
    did: await whom(args),
    role: required(args, 'role', 'clerk'),
  })),
  'role remove': published('removeRole', '--handle HANDLE|DID --role ROLE', async (args) => ({
    did: await whom(args),
    role: required(args, 'role', 'clerk'),
  })),
  'role list': listing('listRoles', ''),
  roles: { usage: '(your own)', run: async (desk) => told(await desk.ask('getRoles')) },
}

const people: Readonly<Record<string, Deed>> = {
  'register import': {
    usage: '--file register.csv [--apply]   (without --apply it only says what it would do)',
    run: async (desk, args) =>
      toldImport(await desk.ask('importRegister', { csv: readText(required(args, 'file', 'register.csv')), apply: flag(args, 'apply') })),
  },
  'register list': listing('listRegister', '[--find TEXT] [--limit N] [--cursor C]', 'find'),
  admit: published('admit', '--handle HANDLE|DID --from DATE', async (args) => ({
    did: await whom(args),
    from: required(args, 'from', '2026-04-01'),
  })),
  'admission end': published('endAdmission', '--handle HANDLE|DID --until DATE', async (args) => ({
    did: await whom(args),
    until: required(args, 'until', '2027-03-31'),
  })),
  'host-body add': published(
    'registerHostBody',
    '--handle HANDLE|DID --name-ja N [--name-en N] [--category C,C] --from DATE',
    async (args) => {
      const en = text(args, 'name-en')
      const categories = text(args, 'category')?.split(',')
      return {
        did: await whom(args),
        names: { ja: required(args, 'name-ja', '公園の会'), ...(en === undefined ? {} : { en }) },
        ...(categories === undefined ? {} : { categories }),
        validFrom: required(args, 'from', '2026-04-01'),
      }
    },
  ),
  'host-body end': published('endHostBody', '--handle HANDLE|DID --until DATE', async (args) => ({
    did: await whom(args),
    validTo: required(args, 'until', '2027-03-31'),
  })),
  receiver: published('mapReceiver', '--action URI --index N --resident ID', (args) => ({
    action: required(args, 'action', 'at://…'),
    index: number(args, 'index', '0'),
    resident: required(args, 'resident', '0001'),
  })),
  household: published('publishHousehold', '--household NAME', (args) => ({ household: required(args, 'household', 'H1') })),
  death: published('recordDeath', '--handle HANDLE|DID --on DATE', async (args) => ({
    did: await whom(args),
    on: required(args, 'on', '2026-05-01'),
  })),
}

/** What one proposes and another person approves. */
const proposing = (name: DeskMethodName, usage: string, input: (args: Arguments) => Promise<Fields>): Deed => ({
  usage: `${usage}   (another person approves it)`,
  run: async (desk, args) => toldDraft(await desk.ask(name, await input(args))),
})

const decisions: Readonly<Record<string, Deed>> = {
  'sheet save': saveSheet,
  'sheet show': { usage: '--id ID', run: async (desk, args) => toldSheet(await desk.ask('getSheet', { id: required(args, 'id', '3m…') })) },
  drafts: listing(
    'listDrafts',
    '[--kind stamps|ruling|opening|appeal|suspension|suspensionEnd] [--state draft|proposed|done|withdrawn]',
    'kind',
    'state',
  ),
  propose: deciding('propose'),
  approve: deciding('approve'),
  withdraw: deciding('withdraw'),
  disputes: listing('listDisputes', ''),
  'dispute open': published('openDispute', '--uri URI --reason TEXT [--by HANDLE]', async (args) => ({
    uri: required(args, 'uri', 'at://…'),
    reason: required(args, 'reason', 'not-performed'),
    ...(text(args, 'by') === undefined ? {} : { by: await whom(args, 'by') }),
  })),
  rule: {
    usage: '--dispute URI --outcome upheld|dismissed --reason TEXT   (another person approves it)',
    run: async (desk, args) =>
      toldDraft(
        await desk.ask('proposeRuling', {
          dispute: required(args, 'dispute', 'at://…'),
          outcome: required(args, 'outcome', 'dismissed'),
          reason: required(args, 'reason', '双方の話による'),
        }),
      ),
  },
  rulings: listing('listUpheldRulings', ''),
  'appeal open': published('openAppeal', '--ruling URI --reason TEXT [--by HANDLE]', async (args) => ({
    ruling: required(args, 'ruling', 'at://…'),
    reason: required(args, 'reason', '来ていただきました'),
    ...(text(args, 'by') === undefined ? {} : { by: await whom(args, 'by') }),
  })),
  'appeal rule': proposing('proposeAppealRuling', '--ruling URI --outcome upheld|restored --reason TEXT', async (args) => ({
    ruling: required(args, 'ruling', 'at://…'),
    outcome: required(args, 'outcome', 'restored'),
    reason: required(args, 'reason', '双方の話による'),
  })),
  suspend: proposing('proposeSuspension', '--ruling URI --handle HANDLE|DID --until DATE --reason TEXT', async (args) => ({
    ruling: required(args, 'ruling', 'at://…'),
    did: await whom(args),
    until: required(args, 'until', '2026-06-30'),
    reason: required(args, 'reason', '行われていない行動を確認した'),
  })),
  'suspend end': proposing('proposeSuspensionEnd', '--suspension URI --handle HANDLE|DID --reason TEXT', async (args) => ({
    suspension: required(args, 'suspension', 'at://…'),
    did: await whom(args),
    reason: required(args, 'reason', '事情がわかった'),
  })),
  opening: {
    usage: '--file balances.csv --rows N --points N --minutes N   (another person approves it)',
    run: async (desk, args) => {
      const control = { rows: number(args, 'rows', '2'), points: number(args, 'points', '0'), minutes: number(args, 'minutes', '345') }
      return toldDraft(await desk.ask('proposeOpening', { csv: readText(required(args, 'file', 'balances.csv')), control }))
    },
  },
}

const rules: Readonly<Record<string, Deed>> = {
  'policy preview': published('previewPolicy', '--file policy.json', (args) => ({
    policy: readObject(required(args, 'file', 'policy.json')),
  })),
  'policy publish': published('publishPolicy', '--file policy.json', (args) => ({
    policy: readObject(required(args, 'file', 'policy.json')),
  })),
  'rates preview': published('previewRates', '--file rates.json', (args) => ({ rates: readObject(required(args, 'file', 'rates.json')) })),
  'rates publish': published('publishRates', '--file rates.json', (args) => ({ rates: readObject(required(args, 'file', 'rates.json')) })),
  notice: published('publishNotice', '--title T --body TEXT [--outage-from DATE --outage-until DATE]', (args) => ({
    title: required(args, 'title', '休止のお知らせ'),
    body: required(args, 'body', '…'),
    ...(text(args, 'outage-from') === undefined
      ? {}
      : { outage: { from: required(args, 'outage-from', '2026-05-01'), until: required(args, 'outage-until', '2026-05-02') } }),
  })),
  flags: listing('listFlags', ''),
  'flag dismiss': published('dismissFlag', '--id ID --reason TEXT', (args) => ({
    id: required(args, 'id', '2026-05-10/…'),
    reason: required(args, 'reason', '二回続けて行った'),
  })),
  trail: listing('listTrail', '[--on DID|URI|ID] [--limit N] [--cursor C]', 'on'),
  entries: listing('listEntries', '[--kind KIND] [--limit N] [--cursor C]', 'kind'),
}

export const deeds: Readonly<Record<string, Deed>> = { ...roles, ...people, ...decisions, ...rules, ...jobDeeds }
