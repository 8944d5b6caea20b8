// One stamp sheet: while it is a draft a list to tick and fill, one default for all and exceptions by row; proposed, what the second person approves;
// done, what came of it in the books.

import type { StampLine } from '../../../../desk/operations.ts'
import { mayDo } from '../../../../desk/permissions.ts'
import { href, say, type Lang } from '../../lang.ts'
import { html, type Content, type Html } from '../../markup.ts'
import { block, notice, tiles } from '../../parts/block.ts'
import { fiscalYearText } from '../../parts/date.ts'
import { nothing, num, numText } from '../../parts/figure.ts'
import type { AtDesk } from '../door.ts'
import { hidden } from '../fields.ts'
import { deskPage } from '../frame.ts'
import { approvalForm } from './approval-form.ts'
import { doubtNotice, eventLead, lineMemo, lineName, savedAt, total, type Booked, type SheetPageView } from './sheet-parts.ts'

const MOST_MINUTES = 720

const row = (lang: Lang, line: StampLine, page: SheetPageView): Html => {
  const typed = page.input?.get(line.line)
  const isOn = typed?.isOn ?? line.state !== 'absent'
  const minutes = typed?.minutes ?? String(line.state === 'absent' ? 0 : (line.minutes ?? page.view.sheet.minutes))
  const name = lineName(lang, line, page)
  const k = line.line
  return html`<li${line.doubts.length > 0 && html` class="look"`}><label class="box" for="p${k}"><input type="checkbox" id="p${k}" name="on${k}" value="1"${isOn && html` checked`}></label><label class="who" for="p${k}">${name}</label><span class="memo">${lineMemo(lang, line, page)}</span><span class="min"><input type="number" inputmode="numeric" name="m${k}" min="0" max="${MOST_MINUTES}" value="${minutes}" aria-label="${say(lang, { ja: `${name}の分数`, en: `Minutes of ${name}` })}"><span aria-hidden="true">${say(lang, { ja: '分', en: 'min' })}</span></span></li>`
}

/** As it stands, nothing to be changed. */
const fixedRow = (lang: Lang, at: AtDesk, line: StampLine, page: SheetPageView): Html => {
  const name = lineName(lang, line, page)
  const trace = line.state === 'sent' && line.action !== null ? at.path(`/trace?uri=${encodeURIComponent(line.action)}`) : null
  const minutes = line.state === 'doubt' ? (line.minutes ?? page.view.sheet.minutes) : line.countedMinutes
  return html`<li id="p${line.line}"${line.doubts.length > 0 && html` class="look"`}><span class="box num soft">${line.line}</span><span class="who">${trace === null ? name : html`<a href="${href(lang, trace)}">${name}</a>`}</span><span class="memo">${lineMemo(lang, line, page)}</span><span class="min num">${line.state === 'absent' ? nothing(lang) : html`${numText(minutes)}${say(lang, { ja: '分', en: ' min' })}`}</span></li>`
}

const listTitle = (lang: Lang, count: number): string =>
  say(lang, { ja: `名簿（${count}人）`, en: `List (${count} ${count === 1 ? 'person' : 'people'})` })

const tools = (lang: Lang, at: AtDesk, page: SheetPageView): Html => {
  const { id } = page.view.draft
  return html`<div class="row">
    <label for="all">${say(lang, { ja: '全員の分数', en: 'Minutes for all' })}</label
    ><input id="all" name="all" type="number" inputmode="numeric" min="1" max="${MOST_MINUTES}" value="${page.all}" /><button
      class="btn line"
      name="do"
      value="fill"
    >
      ${say(lang, { ja: '全員に入れる', en: 'Fill in for all' })}</button
    ><a class="btn text" href="${href(lang, at.path(`/stamps/${id}/edit`))}">${say(lang, { ja: '催しと名簿を直す', en: 'Change event and list' })}</a
    ><a class="btn text" href="${href(lang, at.path(`/stamps/${id}/paper`))}">${say(lang, { ja: '紙の名簿を印刷する', en: 'Print the list on paper' })}</a>
  </div>`
}

const twoPersons = (lang: Lang): Html =>
  html`<p class="read">
    ${say(lang, { ja: '窓口で押すスタンプは、二人の担当者がそろって有効になります。一人目が確かめたあと、二人目に届きます。', en: 'A stamp of the desk needs two people. When the first has checked it, it goes to the second.' })}
  </p>`

const draftBody = (lang: Lang, at: AtDesk, page: SheetPageView): Html => {
  const { draft, lines, people, minutes } = page.view
  return html`<form method="post" novalidate action="${href(lang, at.path(`/stamps/${draft.id}`))}">
    <button class="vh" name="do" value="save" tabindex="-1" aria-hidden="true"></button>
    ${hidden('version', draft.version)}
    <section class="block" aria-labelledby="d1">
      <h2 id="d1">${listTitle(lang, lines.length)}</h2>
      ${tools(lang, at, page)}
      <ol class="sheet" aria-label="${say(lang, { ja: '参加者の名簿', en: 'People of the event' })}">${lines.map((line) => row(lang, line, page))}</ol>
    </section>
    ${block('d2', say(lang, { ja: '二人目の承認', en: 'The second person' }), twoPersons(lang))}
    <div class="sent">
      ${total(lang, people, minutes)}${savedAt(lang, page.view)}
      <p class="row">
        <button class="btn big" name="do" value="check">${say(lang, { ja: '合計を確かめて、二人目に回す', en: 'Check the total and pass it on' })}</button
        ><button class="btn line" name="do" value="save">${say(lang, { ja: '下書きを保存', en: 'Save the draft' })}</button>
      </p>
    </div>
  </form>`
}

const fixedList = (lang: Lang, at: AtDesk, page: SheetPageView): Html =>
  block(
    'd1',
    listTitle(lang, page.view.lines.length),
    html`<ol class="sheet fixed" aria-label="${say(lang, { ja: '参加者の名簿', en: 'People of the event' })}">${page.view.lines.map((line) => fixedRow(lang, at, line, page))}</ol>`,
  )

const figures = (lang: Lang, at: AtDesk, page: SheetPageView, booked: Booked): Html => {
  const { people, minutes, draft, lines } = page.view
  const unit = say(lang, { ja: '分', en: ' min' })
  const isIn = booked.lines >= people
  const left = lines.filter(({ state }) => state === 'doubt').length
  return html`${!isIn && notice('calm', say(lang, { ja: '帳簿に入るところです', en: 'On its way into the books' }), html`<p>${say(lang, { ja: 'ふつうは数秒です。少ししてから開き直してください。', en: 'It usually takes seconds; open this page again in a moment.' })}</p>`)}
    ${tiles([
      [say(lang, { ja: '公開した行', en: 'Lines sent' }), html`${num(people)}${say(lang, { ja: '人', en: '' })}`],
      [say(lang, { ja: '公開した時間', en: 'Minutes sent' }), html`${num(minutes)}${unit}`],
      [say(lang, { ja: '帳簿に入った時間', en: 'Minutes in the books' }), html`${num(booked.minutes)}${unit}`],
      ...(booked.ofTown === null
        ? []
        : [
            [
              say(lang, {
                ja: `地域全体（${fiscalYearText('ja', booked.fiscalYear)}）`,
                en: `Whole area (${fiscalYearText('en', booked.fiscalYear)})`,
              }),
              html`${num(booked.ofTown)}${unit}`,
            ] as const,
          ]),
    ])}
    ${left > 0 && html`<p class="row"><a class="btn line" href="${href(lang, at.path(`/stamps/new?from=${draft.id}`))}">${say(lang, { ja: `送らなかった${left}人で新しい台帳をつくる`, en: `New sheet of the ${left} not sent` })}</a></p>`}`
}

const hands = (lang: Lang, { proposedBy, approvedBy }: SheetPageView): Content =>
  proposedBy !== null &&
  html`<p class="soft">
    ${say(lang, { ja: `一人目：${proposedBy}`, en: `First: ${proposedBy}` })}${approvedBy !== null && say(lang, { ja: `　二人目：${approvedBy}`, en: ` · Second: ${approvedBy}` })}
  </p>`

const body = (lang: Lang, at: AtDesk, page: SheetPageView): Content => {
  const { draft, people, minutes } = page.view
  if (draft.state === 'draft' && mayDo('sheet.save', at.held)) return draftBody(lang, at, page)
  if (draft.state === 'done' && page.booked !== null)
    return html`${block('d0', say(lang, { ja: '帳簿の数字', en: 'In the books' }), html`${figures(lang, at, page, page.booked)}${hands(lang, page)}`)}${fixedList(lang, at, page)}`
  const end =
    draft.state === 'proposed' &&
    html`<div class="sent">
      ${total(lang, people, minutes)}${savedAt(lang, page.view)}${hands(lang, page)}${approvalForm(at, draft, { path: `/stamps/${draft.id}`, approve: { ja: '承認して公開する', en: 'Approve and publish' } })}
    </div>`
  return html`${fixedList(lang, at, page)}${end}`
}

export const sheetPage = (at: AtDesk, page: SheetPageView): string => {
  const { lang } = at.shell
  return deskPage(at, {
    room: 'stamps',
    title: { ja: 'スタンプ台帳', en: 'Stamp sheet' },
    inside: true,
    lead: eventLead(lang, page),
    done: page.done,
    reasons: page.reasons,
    main: html`${page.view.draft.state !== 'withdrawn' && doubtNotice(lang, page)}${body(lang, at, page)}`,
  })
}
