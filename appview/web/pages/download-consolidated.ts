// The set of statements of a prefecture, or of all municipalities together: as everybody sees it, whoever asks. Nobody stands in it by name.

import { ANYONE } from '../../auth/caller.ts'
import { notFound } from '../../auth/access.ts'
import type { SetNote, SetPart, StatementSet } from '../../export/statement-set.ts'
import { periodOfFiscalYear } from '../../journal/calendar.ts'
import { checkDigit } from '../../journal/municipality-code.ts'
import type { ConsolidationAnswer } from '../../queries/consolidation.ts'
import { NETWORK, type Consolidation } from '../../statements/consolidation.ts'
import { consolidatedNotes } from './consolidated-notes.ts'
import { hasYen, partsOf } from './consolidated-parts.ts'
import type { PagesDeps } from './deps.ts'
import { periodName } from './download-set.ts'
import { worksheetsIn } from './download-worksheets.ts'
import { BooksCatchingUp } from './failures.ts'
import { leadOf, nameOfScope, pathOfScope, townName, yearsOf } from './gather-consolidated.ts'
import { isSample } from './shells.ts'
import { isYearClosed } from './years.ts'

const GROUP = /^(?:\d{2}|network)$/

/** Whether a scope is a prefecture's or that of all municipalities. */
export const isGroup = (scope: string): boolean => GROUP.test(scope)

/** A prefecture has a code of six digits, too: its two, noughts, and the check digit. */
const codeOf = (scope: string): string => (scope === NETWORK ? '' : `${scope}000${checkDigit(`${scope}000`)}`)

/** Throws NotFound for a scope or year without books, BooksCatchingUp. */
export const consolidationToTake = async (deps: PagesDeps, scope: string, fiscalYear: number): Promise<ConsolidationAnswer> => {
  const { cursor } = await deps.books.state()
  if (cursor.folded.leaf < cursor.read.leaf) throw new BooksCatchingUp('a rebuild is unfinished')
  if (!(await yearsOf(deps, scope)).includes(fiscalYear)) throw notFound()
  return deps.queries.consolidationFor(ANYONE, { scope, fiscalYear })
}

export const consolidatedSet = async (deps: PagesDeps, { consolidation, proof, towns }: ConsolidationAnswer): Promise<StatementSet> => {
  const { scope, period } = consolidation
  const { fiscalYear = 0 } = period
  const name = nameOfScope(scope)
  return {
    code: codeOf(scope),
    town: name,
    who: name,
    periodName: periodName({ fiscalYear }),
    period: periodOfFiscalYear(fiscalYear),
    state: isYearClosed(deps, fiscalYear) ? { ja: '年度の記録', en: 'Year complete' } : { ja: '速報・未監査', en: 'Provisional' },
    knownAt: consolidation.knownAt,
    isSample: await isSample(deps),
    parts: setParts(consolidation, proof.hash),
    yen: hasYen(consolidation),
    worksheets: partsOf(consolidation).some(({ which }) => which === 'areas') ? worksheetsIn(consolidation) : [],
    notes: [await membersNote(deps, consolidation), ...consolidatedNotes(consolidation, towns)],
    proof: { url: `${deps.url}${pathOfScope(scope, fiscalYear)}`, uri: null },
  }
}

/** One file holds all of it, so one hash stands for all parts. */
const setParts = (consolidation: Consolidation, hash: string): readonly SetPart[] => {
  const parts = partsOf(consolidation).map(({ statement, sheets, of }, index): SetPart => ({
    statement,
    sheets,
    of,
    hash: index === 0 ? hash : null,
  }))
  if (parts.length > 0) return parts
  const { v, scope, period, knownAt, roster } = consolidation
  return [{ statement: { v, entity: null, scope, kind: 'municipality', period, knownAt, roster, hidden: true }, hash }]
}

const membersNote = async (deps: PagesDeps, consolidation: Consolidation): Promise<SetNote> => {
  const names = await Promise.all(consolidation.members.map((code) => townName(deps, code)))
  const lead = await leadOf(deps, consolidation)
  const list = (lang: 'ja' | 'en'): string =>
    consolidation.members.map((code, index) => `${names[index]?.[lang] ?? ''}（${code}）`).join(lang === 'ja' ? '、' : ', ')
  return { title: { ja: '対象', en: 'Of whom' }, text: { ja: `${lead.ja}${list('ja')}。`, en: `${lead.en} ${list('en')}.` } }
}
