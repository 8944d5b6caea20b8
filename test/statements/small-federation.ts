// Federations as lists of groups of acts, for tests of what is published of several municipalities: their statements and worksheets, prefectures, the
// whole; and an observer who solves all equations that stand in them, and knows that nothing is negative.

import { periodOfFiscalYear } from '../../appview/journal/calendar.ts'
import type { Flow } from '../../appview/statements/consolidate.ts'
import { consolidate, publishedConsolidation, NETWORK, type Consolidation, type Shown } from '../../appview/statements/consolidation.ts'
import { contributionsOf, type Passage } from '../../appview/statements/passages.ts'
import { prefectureOf } from '../../appview/statements/prefectures.ts'
import { planOf } from '../../appview/statements/small-groups.ts'
import type { Sum } from '../../appview/statements/sum.ts'
import { worksheetPlanOf, type TownShown, type WorksheetPlan } from '../../appview/statements/worksheet-plan.ts'
import { Span } from './span.ts'

/** `count` people of `from`, numbered from `first`, give `minutes` each to `to`: to people, or to the public, in time or late. */
export type Group = {
  readonly from: string
  readonly to: string
  readonly part: Part
  readonly first: number
  readonly count: number
  readonly minutes: number
}
export type Part = 'people' | 'public' | 'latePeople' | 'latePublic'
export const PARTS: readonly Part[] = ['people', 'public', 'latePeople', 'latePublic']

const ACCOUNT: Readonly<Record<Part, number>> = { people: 5110, public: 5130, latePeople: 5190, latePublic: 5190 }
const isPublic = (part: Part): boolean => part === 'public' || part === 'latePublic'

export const passagesOf = (groups: readonly Group[]): (Passage & { readonly part: Part })[] =>
  groups.flatMap(({ from, to, part, first, count, minutes }) =>
    Array.from({ length: count }, (_, index) => ({
      giverScope: from,
      receiverScope: to,
      account: ACCOUNT[part],
      category: 'community',
      giver: `P:${from}-${first + index}`,
      receiver: isPublic(part) ? `M:${to}` : `X:${to}`,
      minutes,
      yen: 0,
      part,
    })),
  )

export type Federation = { readonly codes: readonly string[]; readonly groups: readonly Group[] }

export const planFor = ({ codes, groups }: Federation): { readonly plan: WorksheetPlan; readonly towns: readonly TownShown[] } => {
  const passages = passagesOf(groups)
  const contributions = contributionsOf(passages)
  const towns = codes.map((code): TownShown => {
    const { level, prior } = planOf({ year: contributions.get(code) ?? [], months: new Map(), rateOf: null, onePriorRate: true })
    return { code, level, prior }
  })
  return { plan: worksheetPlanOf(towns, passages), towns }
}

const sumsOf = (passages: readonly Passage[], members: readonly string[], isBody: boolean): Sum[] =>
  passages.flatMap(({ giverScope, receiverScope, receiver, account, minutes }) => {
    const line = (code: number, amount: number): Sum => ({ entity: null, account: code, unit: 'MIN', category: null, amount })
    const given = members.includes(giverScope) && !isBody ? [line(account === 5190 ? 4190 : 4110, -minutes), line(1310, minutes)] : []
    const isOwn = members.includes(receiverScope) && (!isBody || receiver.startsWith('M:'))
    return [...given, ...(isOwn ? [line(account, minutes), line(receiver.startsWith('M:') ? 3420 : 1310, -minutes)] : [])]
  })

/** Everything published of the year: each municipality, each prefecture, the whole. */
export const publicationsOf = (federation: Federation): Consolidation[] => {
  const { plan, towns } = planFor(federation)
  const passages = passagesOf(federation.groups)
  const publish = (level: Consolidation['level'], scope: string, members: readonly string[], shown: Omit<Shown, 'yen'>): Consolidation => {
    const whole = consolidate({
      level,
      scope,
      members,
      period: periodOfFiscalYear(2026),
      knownAt: { origin: 'demo/test', leaf: 1, instant: '2027-06-01T00:00:00.000Z' },
      roster: '',
      areas: { opening: [], within: sumsOf(passages, members, false) },
      bodies: { opening: [], within: sumsOf(passages, members, true) },
      flows: passages.map(({ giverScope, receiverScope, account, minutes }): Flow => ({
        giverScope,
        receiverScope,
        account,
        unit: 'MIN',
        amount: minutes,
      })),
    })
    return publishedConsolidation(whole, { ...shown, yen: false })
  }
  return [
    ...towns.map(({ code, level, prior }) => {
      const sheet = plan.towns.get(code) ?? { total: false, parts: false, prior: false }
      return publish('municipality', code, [code], { given: level !== 'nothing', parts: level === 'parts', prior, sheet })
    }),
    ...[...plan.prefectures].map(([code, shown]) =>
      publish(
        'prefecture',
        code,
        federation.codes.filter((one) => prefectureOf(one) === code),
        shown,
      ),
    ),
    publish('federation', NETWORK, federation.codes, plan.federation),
  ]
}

/** One unknown: minutes of one part from one municipality to one. */
export type Unknown = { readonly from: string; readonly to: string; readonly part: Part }
export type Form = (unknown: Unknown) => number

export class Observer {
  readonly #unknowns: readonly Unknown[]
  readonly #known = new Span()

  constructor(codes: readonly string[], publications: readonly Consolidation[]) {
    this.#unknowns = codes.flatMap((from) => codes.flatMap((to) => PARTS.map((part) => ({ from, to, part }))))
    for (const publication of publications) this.#read(publication)
  }

  knows(form: Form): boolean {
    return this.#known.has(this.#unknowns.map(form))
  }

  #read({ members, units }: Consolidation): void {
    const { areas, municipalities, worksheet } = units.MIN
    const isIn = (code: string): boolean => members.includes(code)
    const isYear = ({ part }: Unknown): boolean => part === 'people' || part === 'public'
    const out =
      (of: (unknown: Unknown) => boolean): Form =>
      (unknown) =>
        Number(isIn(unknown.from) && of(unknown))
    const into =
      (of: (unknown: Unknown) => boolean): Form =>
      (unknown) =>
        Number(isIn(unknown.to) && of(unknown))
    const stays =
      (of: (unknown: Unknown) => boolean): Form =>
      (unknown) =>
        Number(isIn(unknown.from) && isIn(unknown.to) && of(unknown))
    const isPart =
      (...parts: readonly Part[]) =>
      ({ part }: Unknown): boolean =>
        parts.includes(part)
    const isLate = isPart('latePeople', 'latePublic')
    const inPL: Readonly<Record<string, Form>> = {
      '4110': out(isYear),
      '5110': into(isPart('people')),
      '5130': into(isPart('public')),
      '4190': out(isLate),
      '5190': into(isLate),
    }
    for (const [account, form] of Object.entries(inPL))
      if (areas.leftOut?.includes(account) !== true) this.#learn(form, areas.PL[account] ?? 0)
    if (municipalities.leftOut?.includes('PL') !== true && municipalities.leftOut?.includes('5190') !== true)
      this.#learn(into(isPart('latePublic')), municipalities.PL['5190'] ?? 0)
    if (municipalities.leftOut?.includes('NA') !== true && municipalities.leftOut?.includes('3420') !== true)
      this.#learn(into(isPart('public', 'latePublic')), municipalities.NA['3420'] ?? 0)
    const inSheet = {
      given: isYear,
      received: isYear,
      people: isPart('people'),
      public: isPart('public'),
      priorGiven: isLate,
      priorReceived: isLate,
    } as const
    for (const [name, row] of Object.entries(worksheet.lines)) {
      const of = inSheet[name as keyof typeof inSheet]
      this.#learn(stays(of), row.elim)
      this.#learn(name === 'given' || name === 'priorGiven' ? out(of) : into(of), row.sum)
      this.#learn((unknown) => (name === 'given' || name === 'priorGiven' ? out(of) : into(of))(unknown) - stays(of)(unknown), row.cons)
    }
  }

  #learn(form: Form, figure: number): void {
    if (figure !== 0) return this.#known.add(this.#unknowns.map(form))
    for (const nought of this.#unknowns) if (form(nought) !== 0) this.#known.add(this.#unknowns.map((one) => Number(one === nought)))
  }
}
