// What the pages of a stamp sheet have in common: the event, doubts with ways to their lines, the list, the total of what is saved.

import type { SheetView, StampLine } from '../../../../desk/operations.ts'
import type { Reason } from '../../../../desk/outcome.ts'
import type { DraftState } from '../../../../store/desk.ts'
import { say, type Lang, type Words } from '../../lang.ts'
import { html, type Content, type Html } from '../../markup.ts'
import { notice } from '../../parts/block.ts'
import { clockText, dateText } from '../../parts/date.ts'
import { durationText, numText } from '../../parts/figure.ts'
import { chip } from '../../parts/icon.ts'
import { categoryName } from '../../words.ts'
import { reasonText } from '../problems.ts'
import { whoText } from './sheet-text.ts'

export type Person = { readonly name: string; readonly isProtected: boolean }
/** What of a sheet stands in the books; `ofTown` minutes given in that fiscal year. */
export type Booked = { readonly lines: number; readonly minutes: number; readonly fiscalYear: number; readonly ofTown: number | null }
export type SheetPageView = {
  readonly view: SheetView
  readonly people: ReadonlyMap<string, Person>
  readonly hostName: Words | null
  readonly proposedBy: string | null
  readonly approvedBy: string | null
  /** Of a sheet that is done. */
  readonly booked: Booked | null
  /** What was typed and not saved, by line. */
  readonly input: ReadonlyMap<number, { readonly isOn: boolean; readonly minutes: string }> | null
  readonly all: string
  readonly reasons: readonly Reason[]
  readonly done: Words | null
}

export const STATES: Readonly<Record<DraftState, { readonly kind: 'wait' | 'ok' | 'plain'; readonly words: Words }>> = {
  draft: { kind: 'wait', words: { ja: '下書き', en: 'Draft' } },
  proposed: { kind: 'wait', words: { ja: '二人目の承認待ち', en: 'Waiting for the second person' } },
  done: { kind: 'ok', words: { ja: '公開済み', en: 'Published' } },
  withdrawn: { kind: 'plain', words: { ja: '取り下げ', en: 'Withdrawn' } },
}

export const stateChip = (lang: Lang, state: DraftState): Html => chip(STATES[state].kind, say(lang, STATES[state].words))

export const eventLead = (lang: Lang, { view: { sheet, draft }, hostName }: SheetPageView): Html =>
  html`<p class="lead">${sheet.title}　<span class="nb">${dateText(lang, sheet.performedOn)}</span>${hostName !== null && html`　<span class="nb">${say(lang, hostName)}</span>`}</p>
    <p class="row">
      ${chip('plain', `${say(lang, { ja: '分類：', en: 'Category: ' })}${say(lang, categoryName(sheet.category))}`)}${chip('plain', say(lang, sheet.receiver === 'public' ? { ja: '受け手：公共', en: 'For: the public' } : { ja: '受け手：名前を出さない人', en: 'For: people not named' }))}${stateChip(lang, draft.state)}
    </p>`

/** The name of the register before that of the list; else who it is, as typed. */
export const lineName = (lang: Lang, line: StampLine, { people }: SheetPageView): string => {
  const { who, label } = line
  const known = 'card' in who ? undefined : people.get('did' in who ? who.did : who.resident)
  const name = known?.name ?? label
  if (name !== undefined) return name
  return 'card' in who
    ? say(lang, { ja: `カード ${who.card}`, en: `Card ${who.card}` })
    : whoText(line) || say(lang, { ja: '（だれか不明）', en: '(nobody named)' })
}

const isProtected = ({ who }: StampLine, { people }: SheetPageView): boolean =>
  !('card' in who) && people.get('did' in who ? who.did : who.resident)?.isProtected === true

/** Short words at a line: card, absent, already sent, a note, a category of its own. */
export const lineMemo = (lang: Lang, line: StampLine, page: SheetPageView): Content => [
  'card' in line.who && html`<span class="chip lock">${say(lang, { ja: 'カード', en: 'Card' })}</span>`,
  isProtected(line, page) && chip('lock', say(lang, { ja: '支援措置', en: 'Protected' })),
  line.state === 'absent' && html`<span class="chip lock">${say(lang, { ja: '欠席', en: 'Absent' })}</span>`,
  line.state === 'sent' &&
    (line.doubts.length === 0
      ? chip('ok', say(lang, { ja: '公開', en: 'Sent' }))
      : chip('bad', say(lang, { ja: '帳簿に入らず', en: 'Not in the books' }))),
  line.category !== undefined && line.category !== page.view.sheet.category && chip('plain', say(lang, categoryName(line.category))),
  line.note !== undefined && chip('plain', line.note),
]

export const doubtful = ({ lines }: SheetView): readonly StampLine[] => lines.filter(({ doubts }) => doubts.length > 0)

const NOT_TO_BE_SENT: Words = { ja: 'これらの行は送られません。ほかの行は送れます。', en: 'These lines are not sent. The others can be.' }
const LEFT_OUT: Words = {
  ja: '送らなかった行と、公開しても帳簿に入らなかった行です。時間の合計には入っていません。',
  en: 'These were not sent, or the books did not take them. They are in no total.',
}

export const doubtNotice = (lang: Lang, page: SheetPageView): Content => {
  const lines = doubtful(page.view)
  if (lines.length === 0) return null
  const items = lines.map(({ doubts, line }, i) => {
    const row = lines[i]
    return html`<li><a href="#p${line}">${line}. ${row !== undefined && lineName(lang, row, page)}</a>${say(lang, { ja: '：', en: ': ' })}${doubts.map((doubt) => reasonText(lang, { ...doubt, line: null }))}</li>`
  })
  return notice(
    'warn',
    say(lang, { ja: `確かめてください（${lines.length}件）`, en: `Please check (${lines.length})` }),
    html`<ul>
        ${items}
      </ul>
      <p>${say(lang, page.view.draft.state === 'done' ? LEFT_OUT : NOT_TO_BE_SENT)}</p>`,
  )
}

/** People and minutes as saved. */
export const total = (lang: Lang, people: number, minutes: number): Html =>
  html`<p class="tot"><b class="num">${numText(people)}</b>${say(lang, { ja: '人　', en: people === 1 ? ' person, ' : ' people, ' })}<b class="num">${numText(minutes)}</b>${say(lang, { ja: '分', en: ' minutes ' })}<span class="nb">${say(lang, { ja: '（', en: '(' })}${durationText(lang, minutes)}${say(lang, { ja: '）', en: ')' })}</span></p>`

export const savedAt = (lang: Lang, { draft, lines }: SheetView): Html => {
  const absent = lines.filter(({ state }) => state === 'absent').length
  const doubt = lines.filter(({ state }) => state === 'doubt').length
  const at = clockText(lang, draft.changedAt)
  return html`<p class="soft">
    ${say(lang, { ja: `${at}に保存した内容の合計です。`, en: `Total of what was saved at ${at}. ` })}${absent > 0 && say(lang, { ja: `欠席の${absent}人は入っていません。`, en: `${absent} absent are not in it. ` })}${doubt > 0 && say(lang, { ja: `確かめる行の${doubt}人も入っていません。`, en: `${doubt} to be checked are not in it either.` })}
  </p>`
}
