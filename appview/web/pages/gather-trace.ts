// The path of one of one's records, station by station, from what the books hold. Where it stops, the station says so.

import { notFound } from '../../auth/access.ts'
import { ANYONE } from '../../auth/caller.ts'
import { accountOf } from '../../journal/chart.ts'
import { addDays, dayOf, fiscalYearOf } from '../../journal/calendar.ts'
import type { Trace } from '../../queries/trace.ts'
import type { ActionView, TransactionView } from '../../queries/views.ts'
import type { Session } from '../../store/store.ts'
import type { PagesDeps } from './deps.ts'
import { isWhole } from './gather-town.ts'
import type { Words } from './lang.ts'
import type { Shell } from './layout.ts'
import type { RecordState } from './acts.ts'
import { nameOf } from './names.ts'
import { dateText, fiscalYearText } from './parts/date.ts'
import { prospectOf, stateOf, type Prospect } from './prospect.ts'
import { residenceOf } from './residence.ts'
import { booked, committed, confirmed, FIRST_MEMO_ACCOUNT, inLog, received, recorded } from './stations.ts'
import type { Station, TraceView } from './trace.ts'

const UNSEEN: Prospect = {
  kind: 'calm',
  title: { ja: 'まだ届いていません', en: 'Not arrived yet' },
  sentence: {
    ja: 'あなたの記録の置き場（PDS）から中継を通って届くまで、ふつうは数秒です。少したってから、このページを開き直してください。',
    en: 'From your server (PDS) by the relay to here it usually takes seconds. Open this page again in a while.',
  },
}
const WITHDRAWN: Prospect = {
  kind: 'calm',
  title: { ja: '取り下げた記録です', en: 'You withdrew this record' },
  sentence: {
    ja: '内容は消えています。数えた分があれば、反対の仕訳で打ち消されています。',
    en: 'Its content is gone. What had been booked is offset by a contrary entry.',
  },
}

/** Throws NotFound for a record that is not one's own, or that nobody ever received and nobody wrote. */
export const gatherTrace = async (deps: PagesDeps, session: Session, shell: Shell, uri: string): Promise<TraceView> => {
  const trace = await deps.queries.traceWrite({ kind: 'account', did: session.did }, uri)
  const { action } = trace
  const isAdmitted = (await residenceOf(deps, session.did))?.isCurrent ?? false
  const state = action === null ? null : stateOf(action, isAdmitted)
  if (trace.seen === 'version' && action === null) throw notFound()
  const prospect = action === null || state === null ? (trace.seen === 'deletion' ? WITHDRAWN : UNSEEN) : prospectOf(action, state)
  return {
    performedOn: action?.performedOn ?? null,
    category: action?.category ?? null,
    minutes: action === null ? null : (action.recognisedMinutes ?? action.minutes),
    uri,
    withdrawPath: action === null ? null : `${shell.path.split('?')[0] ?? ''}/withdraw`,
    result: { ...prospect, code: action?.refusal?.code ?? trace.steps.refusals?.[0]?.code ?? null },
    stations: [
      recorded(trace),
      committed(trace),
      received(trace),
      inLog(trace),
      ...(action === null || state === null ? [] : await outcomeOf(deps, session, shell, { trace, action, state })),
    ],
  }
}

type Outcome = { readonly trace: Trace; readonly action: ActionView; readonly state: RecordState }

/** Confirmation, entry and line; those after the place where the path ends are left out. */
const outcomeOf = async (deps: PagesDeps, session: Session, shell: Shell, { trace, action, state }: Outcome): Promise<Station[]> => {
  const authors = await Promise.all(action.confirmations.map(({ author }) => nameOf(deps, author)))
  const confirmation = confirmed(action, state, authors)
  if (state === 'refused') return [{ ...confirmation, state: 'stopped' }]
  const entries = (trace.steps.transactions ?? []).filter(({ lines }) => lines.some(({ account }) => account < FIRST_MEMO_ACCOUNT))
  if (entries.length === 0) return [confirmation]
  const [entry] = entries.toReversed()
  return [
    confirmation,
    booked(entries, lineNamer(session, shell)),
    ...(state === 'recognised' && entry !== undefined ? [await statementLine(deps, shell, action, entry)] : []),
  ]
}

/** Whose line it is, without a name: oneself, the town, those who received. */
const lineNamer =
  ({ did }: Session, { town }: Shell) =>
  (entity: string, account: number): Words => {
    const who: Words = entity.endsWith(`:${did}`)
      ? { ja: 'あなた', en: 'you' }
      : entity.startsWith('M:')
        ? {
            ja: town !== null && entity === `M:${town.code}` ? town.names.ja : '自治体',
            en: town !== null && entity === `M:${town.code}` ? town.names.en : 'municipality',
          }
        : entity.startsWith('X:')
          ? { ja: '名前を出さない人', en: 'unnamed person' }
          : { ja: '受けた方', en: 'receiver' }
    const { ja, en } = accountOf(account) ?? { ja: String(account), en: String(account) }
    return { ja: `${ja}　${who.ja}`, en: `${en}, ${who.en}` }
  }

/** Where everybody sees a statement of the year that has the entry, and figures in it; else what there is instead. */
const inPublic = async (deps: PagesDeps, { sample }: Shell, scope: string, entry: TransactionView): Promise<Words | null> => {
  const { statement } = await deps.queries.statementFor(ANYONE, { scope, fiscalYear: fiscalYearOf(entry.effectiveDate) })
  if (!sample && entry.recordedAt >= statement.knownAt.instant) {
    const day = addDays(dayOf(entry.recordedAt), 1)
    return {
      ja: `地域全体の決算書には、${dateText('ja', day)}の0時から入ります。`,
      en: `The public statement of the area has them from 00:00 on ${dateText('en', day)}.`,
    }
  }
  if (isWhole(statement)) return null
  return {
    ja: '地域全体の決算書は、人数が少ないあいだ、数字を載せません。',
    en: 'The public statement of the area shows no figures while too few people take part.',
  }
}

const statementLine = async (deps: PagesDeps, shell: Shell, action: ActionView, entry: TransactionView): Promise<Station> => {
  const year = fiscalYearOf(entry.effectiveDate)
  const code = action.scope
  const name = { ja: shell.town?.code === code ? shell.town.names.ja : code, en: shell.town?.code === code ? shell.town.names.en : code }
  const minutes = action.recognisedMinutes ?? action.minutes
  const notYet = await inPublic(deps, shell, code, entry)
  return {
    title: { ja: '決算書の行', en: 'Line of a statement' },
    state: 'booked',
    sentence:
      notYet === null
        ? { ja: `次の行に、この${minutes}分が入っています。`, en: `These ${minutes} minutes are in these lines.` }
        : {
            ja: `あなたの決算書に、この${minutes}分が入っています。${notYet.ja}`,
            en: `These ${minutes} minutes are in your own statement. ${notYet.en}`,
          },
    facts: [],
    links: [
      { path: '/me#b5', label: { ja: 'あなたの和の損益計算書　和の提供', en: 'Your statement of Wa activities: contributions given' } },
      {
        path: `/m/${code}/${year}#area`,
        label: {
          ja: `${name.ja} ${fiscalYearText('ja', year)}の決算書　地域全体`,
          en: `${name.en}, ${fiscalYearText('en', year)}: the whole area`,
        },
      },
    ],
  }
}
