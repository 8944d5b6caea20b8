// Everything that can be taken away, by one door for pages and methods alike: who asks, for what, in which form; a file comes out.

import type { Caller } from '../../auth/caller.ts'
import { notFound } from '../../auth/access.ts'
import { beancountHead, beancountTransaction } from '../../export/beancount.ts'
import { csvFile } from '../../export/csv-file.ts'
import { contentTypeOf, type ExportForm } from '../../export/formats.ts'
import { hledgerHead, hledgerTransaction } from '../../export/hledger.ts'
import {
  JOURNAL_COLUMNS,
  TRIAL_BALANCE_COLUMNS,
  journalRows,
  trialBalanceRows,
  type ExportedTransaction,
} from '../../export/journal-rows.ts'
import { createPdfRenderer } from '../../export/pdf-renderer.ts'
import { STATEMENT_COLUMNS, statementRows, yearName } from '../../export/statement-rows.ts'
import type { StatementSet } from '../../export/statement-set.ts'
import { statementXlsx } from '../../export/xlsx.ts'
import { canonicalJson } from '../../statements/canonical-json.ts'
import type { PagesDeps } from './deps.ts'
import { todayOf } from './deps.ts'
import { consolidatedSet, consolidationToTake } from './download-consolidated.ts'
import { journalToTake } from './download-journal.ts'
import { periodOfAsked, personSet, townSet, type TownAsked } from './download-set.ts'
import type { ShownPerson } from './gather-person.ts'
import type { Asked } from './gather-town.ts'
import { townOf } from './shells.ts'
import { standingNote } from './standing-version.ts'

export type Download = { readonly type: string; readonly name: string; readonly body: Uint8Array | AsyncIterable<Uint8Array> }

/** `scope` null: of an entity wherever it has been; `entity` null: of a whole town; `asked` null: from the beginning. */
export type JournalAsked = { readonly scope: string | null; readonly entity: string | null; readonly asked: Asked | null }

/** All throw NotFound for whom it does not concern, and ExportRefused. */
export type Downloads = {
  ofTown(caller: Caller, town: TownAsked, form: ExportForm): Promise<Download>
  ofPerson(person: ShownPerson, form: ExportForm): Promise<Download>
  /** A prefecture, or all municipalities, as everybody sees them. */
  ofGroup(scope: string, fiscalYear: number, form: ExportForm): Promise<Download>
  journal(caller: Caller, whose: JournalAsked, form: ExportForm): Promise<Download>
  /** At the end of a period, or today. */
  trialBalance(caller: Caller, whose: JournalAsked, form: ExportForm): Promise<Download>
  close(): Promise<void>
}

export const createDownloads = (deps: PagesDeps): Downloads => {
  const renderer = createPdfRenderer(deps.clock)
  /** `statement`: what the first hash of the set is of. */
  const fileOf = async (
    set: StatementSet,
    form: ExportForm,
    whose: string,
    statement: object | undefined = set.parts[0]?.statement,
  ): Promise<Download> => {
    const name = `waki-${whose}-${yearName(set)}.${form.format}`
    const type = contentTypeOf(form)
    if (form.format === 'pdf') return { type, name, body: await renderer.render(set) }
    if (form.format === 'xlsx') return { type, name, body: await statementXlsx(set) }
    if (form.format === 'json') return { type, name, body: Buffer.from(canonicalJson(statement)) }
    return { type, name, body: Buffer.concat(await Array.fromAsync(csvFile(STATEMENT_COLUMNS, statementRows(set), form.encoding))) }
  }
  return {
    ofTown: async (caller, town, form) => fileOf(await townSet(deps, caller, town), form, town.code),
    ofPerson: async (person, form) => fileOf(await personSet(deps, person), form, person.handle),
    ofGroup: async (scope, fiscalYear, form) => {
      const answer = await consolidationToTake(deps, scope, fiscalYear)
      return fileOf(await consolidatedSet(deps, answer), form, scope, answer.consolidation)
    },
    journal: async (caller, whose, form) => {
      const period = whose.asked === null ? null : periodOfAsked(whose.asked)
      const entries = await begun(journalToTake(deps, caller, { ...whose, period }))
      const type = contentTypeOf(form)
      return { type, name: `waki-${nameOf(whose)}.${form.format}`, body: journalBody(entries, await titleOf(deps, whose), form) }
    },
    trialBalance: async (caller, whose, form) => {
      const { scope, entity } = whose
      if (scope === null) throw notFound()
      const through = whose.asked === null ? LAST_DAY : periodOfAsked(whose.asked).through
      const today = todayOf(deps)
      const query = { scope, on: today < through ? today : through, ...(entity === null ? {} : { entity }) }
      const rows = trialBalanceRows(await deps.queries.trialBalanceFor(caller, query))
      const name = `waki-trial-balance-${scope}-${query.on}.csv`
      return { type: contentTypeOf(form), name, body: csvFile(TRIAL_BALANCE_COLUMNS, rows, form.encoding) }
    },
    close: () => renderer.close(),
  }
}

const LAST_DAY = '9999-12-31'

const nameOf = ({ scope, asked }: JournalAsked): string => {
  const period = asked === null ? 'all' : 'fiscalYear' in asked ? String(asked.fiscalYear) : asked.month
  return `journal-${scope ?? 'own'}-${period}`
}

const titleOf = async (deps: PagesDeps, { scope, entity, asked }: JournalAsked): Promise<readonly string[]> => {
  const { origin, cursor } = await deps.books.state()
  const whose = entity ?? (scope === null ? '' : (await townOf(deps, scope)).names.ja)
  const period = asked === null ? null : periodOfAsked(asked)
  const standing = scope !== null && asked !== null && 'fiscalYear' in asked ? await standingNote(deps, scope, asked.fiscalYear) : null
  return [
    `和の仕訳帳 ${whose}${period === null ? '' : ` ${period.from}–${period.through}`}`,
    `${origin?.name ?? ''}, leaf ${cursor.folded.leaf}, ${cursor.folded.instant}`,
    'JPY is reference only: minutes times the rate table, no money.',
    ...(standing === null ? [] : [standing.text.ja, standing.text.en]),
  ]
}

async function* journalBody(
  entries: AsyncIterable<ExportedTransaction>,
  title: readonly string[],
  form: ExportForm,
): AsyncGenerator<Uint8Array> {
  if (form.format === 'csv') {
    yield* csvFile(JOURNAL_COLUMNS, rowsOf(entries), form.encoding)
    return
  }
  const isHledger = form.format === 'hledger'
  yield Buffer.from(isHledger ? hledgerHead(title) : beancountHead(title))
  for await (const entry of entries) yield Buffer.from(isHledger ? hledgerTransaction(entry) : beancountTransaction(entry))
}

async function* rowsOf(entries: AsyncIterable<ExportedTransaction>) {
  for await (const entry of entries) yield* journalRows(entry)
}

/** Waits for the first one, so that a refusal is known before anything is sent. */
const begun = async <T>(all: AsyncGenerator<T>): Promise<AsyncIterable<T>> => {
  const first = await all.next()
  return (async function* () {
    if (first.done === true) return
    yield first.value
    yield* all
  })()
}
