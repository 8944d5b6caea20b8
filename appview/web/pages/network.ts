// The state of the network: how fast records arrive, where the log stands, which hosts are away and since when.

import { href, say, type Lang, type Words } from './lang.ts'
import { layout, type Shell } from './layout.ts'
import { html, type Content, type Html } from './markup.ts'
import { block, id, notice, pageHead, tiles } from './parts/block.ts'
import { instantText } from './parts/date.ts'
import { num } from './parts/figure.ts'
import { chip } from './parts/icon.ts'

export type HostRow = {
  readonly name: string
  readonly status: 'active' | 'idle' | 'offline' | 'throttled' | 'banned'
  readonly accounts: number
  /** The host's own number of its last event. */
  readonly seq: number | null
}
export type BookRow = { readonly names: Words; readonly code: string; readonly leaf: number; readonly behind: number }
export type NetworkView = {
  readonly now: string
  readonly origin: string
  readonly leaves: number
  /** Leaves the relay has and the books do not. */
  readonly behind: number
  /** When the last leaf in the books was received; null while there is none. */
  readonly recordedAt: string | null
  readonly relayReached: boolean
  /** Since when nobody has told of following the log, in real time; null while somebody does. */
  readonly away: string | null
  readonly hosts: readonly HostRow[]
  readonly books: readonly BookRow[]
  readonly refusals: readonly { readonly code: string; readonly count: number }[]
}

const hostChip = (lang: Lang, status: HostRow['status']): Html => {
  const words: Readonly<Record<HostRow['status'], { readonly kind: 'ok' | 'wait' | 'bad'; readonly words: Words }>> = {
    active: { kind: 'ok', words: { ja: 'つながっています', en: 'Connected' } },
    idle: { kind: 'wait', words: { ja: '静かです', en: 'Idle' } },
    offline: { kind: 'bad', words: { ja: 'つながりません', en: 'Away' } },
    throttled: { kind: 'wait', words: { ja: 'ゆっくり受けています', en: 'Slowed down' } },
    banned: { kind: 'bad', words: { ja: '受けていません', en: 'Refused' } },
  }
  return chip(words[status].kind, say(lang, words[status].words))
}

const hosts = (lang: Lang, view: NetworkView): Html => {
  const label = {
    state: say(lang, { ja: '状態', en: 'State' }),
    people: say(lang, { ja: '人数', en: 'Accounts' }),
    last: say(lang, { ja: '最後の番号', en: 'Last number' }),
  }
  const row = (host: HostRow): Html =>
    html`<tr>
      <th scope="row">${host.name}</th>
      <td data-l="${label.state}">${hostChip(lang, host.status)}</td>
      <td class="r" data-l="${label.people}">${num(host.accounts)}</td>
      <td class="r" data-l="${label.last}">${host.seq === null ? '–' : id(String(host.seq))}</td>
    </tr>`
  return html`<table class="grid-t stack-t">
    <caption class="vh">
      ${say(lang, { ja: 'ホストの状態', en: 'State of the hosts' })}
    </caption>
    <thead>
      <tr>
        <th scope="col">${say(lang, { ja: '名前', en: 'Name' })}</th>
        <th scope="col">${label.state}</th>
        <th scope="col" class="r">${label.people}</th>
        <th scope="col" class="r">${label.last}</th>
      </tr>
    </thead>
    <tbody>
      ${view.hosts.map(row)}
    </tbody>
  </table>`
}

const books = (lang: Lang, view: NetworkView): Html => {
  const label = {
    state: say(lang, { ja: '状態', en: 'State' }),
    leaf: say(lang, { ja: '読んだ葉', en: 'Leaves read' }),
    rest: say(lang, { ja: '残り', en: 'Left' }),
  }
  const state = (book: BookRow): Html =>
    book.behind === 0
      ? chip('ok', say(lang, { ja: '追いついています', en: 'Up to date' }))
      : chip('wait', say(lang, { ja: '読みこみ中', en: 'Reading' }))
  const row = (book: BookRow): Html =>
    html`<tr>
      <th scope="row"><a href="${href(lang, `/m/${book.code}`)}">${say(lang, book.names)}</a></th>
      <td data-l="${label.state}">${state(book)}</td>
      <td class="r" data-l="${label.leaf}">${num(book.leaf)}</td>
      <td class="r" data-l="${label.rest}">${num(book.behind)}</td>
    </tr>`
  return html`<table class="grid-t stack-t">
    <caption class="vh">
      ${say(lang, { ja: '帳簿の状態', en: 'State of the books' })}
    </caption>
    <thead>
      <tr>
        <th scope="col">${say(lang, { ja: '市町', en: 'Municipality' })}</th>
        <th scope="col">${label.state}</th>
        <th scope="col" class="r">${label.leaf}</th>
        <th scope="col" class="r">${label.rest}</th>
      </tr>
    </thead>
    <tbody>
      ${view.books.map(row)}
    </tbody>
  </table>`
}

const notices = (lang: Lang, view: NetworkView): Content => {
  const away = view.hosts.filter((host) => host.status === 'offline')
  if (view.away !== null)
    return notice(
      'warn',
      say(lang, { ja: '帳簿への書きこみが止まっています', en: 'Nobody is writing the books' }),
      html`<p>
        ${say(lang, {
          ja: `最後の知らせは${instantText(lang, view.away, 'second')}です。新しい記録は記録簿に残っていて、書きこみが始まれば続きから入ります。記録は失われません。`,
          en: `The last word of it is of ${instantText(lang, view.away, 'second')}. New records wait in the log; writing goes on where it stopped. No record is lost.`,
        })}
      </p>`,
    )
  if (!view.relayReached)
    return notice(
      'warn',
      say(lang, { ja: '中継につながりません', en: 'The relay cannot be reached' }),
      html`<p>
        ${say(lang, { ja: 'つながりしだい、続きから受け取ります。記録は失われません。', en: 'Reading goes on where it stopped as soon as it can. No record is lost.' })}
      </p>`,
    )
  if (away.length === 0) return notice('ok', say(lang, { ja: 'すべてつながっています', en: 'Everything is connected' }), null)
  const sentence = (host: HostRow): string =>
    say(lang, {
      ja: `${host.name}（${host.accounts}人）から、記録が届いていません。`,
      en: `Nothing arrives from ${host.name} (${host.accounts} accounts). `,
    })
  return notice(
    'warn',
    say(lang, { ja: `ホスト ${away.length}つにつながりません`, en: `${away.length} ${away.length === 1 ? 'host is' : 'hosts are'} away` }),
    html`<p>
      ${away.map(sentence)}${say(lang, { ja: 'つながりしだい、続きから受け取ります。記録は失われません。', en: 'Reading goes on where it stopped as soon as they return. No record is lost.' })}
    </p>`,
  )
}

export const networkPage = (shell: Shell, view: NetworkView): string => {
  const { lang } = shell
  const title = say(lang, { ja: 'ネットワークの状態', en: 'Network status' })
  const last = view.recordedAt === null ? '–' : html`<span class="small">${instantText(lang, view.recordedAt, 'second')}</span>`
  const refused = view.refusals.map(
    (row) =>
      html`<tr>
        <th scope="row">${id(row.code)}</th>
        <td class="r">${num(row.count)}</td>
      </tr>`,
  )
  const refusals = html`<table class="grid-t">
    <caption class="vh">
      ${say(lang, { ja: '数えられなかった記録', en: 'Records not counted' })}
    </caption>
    <thead>
      <tr>
        <th scope="col">${say(lang, { ja: '理由', en: 'Reason' })}</th>
        <th scope="col" class="r">${say(lang, { ja: '件', en: 'Count' })}</th>
      </tr>
    </thead>
    <tbody>
      ${refused}
    </tbody>
  </table>`
  return layout(shell, {
    title,
    place: 'network',
    description: say(lang, { ja: '記録が届く速さ、記録簿、ホストと帳簿の状態。', en: 'How records arrive, the log, hosts and books.' }),
    main: html`<div class="wrap">
      ${pageHead(
        title,
        html`<p class="lead">${instantText(lang, view.now)} ${say(lang, { ja: '現在', en: '' })}</p>
          <p class="row">
            <a class="btn line" href="${href(lang, '/network')}"
              >${say(lang, { ja: 'いまの状態に更新する', en: 'Show the present state' })}</a
            >
          </p>`,
      )}
      ${notices(lang, view)}
      ${block(
        'n1',
        say(lang, { ja: 'いま', en: 'Now' }),
        tiles([
          [say(lang, { ja: '記録簿の葉', en: 'Leaves in the log' }), num(view.leaves)],
          [say(lang, { ja: 'まだ帳簿に入っていない葉', en: 'Leaves not in the books yet' }), num(view.behind)],
          [say(lang, { ja: '帳簿に入った最後の記録', en: 'Last record in the books' }), last],
          [say(lang, { ja: '記録簿', en: 'Log' }), id(view.origin)],
        ]),
      )}
      ${block('n3', say(lang, { ja: 'ホスト（住民の記録の置き場）', en: 'Hosts (where residents’ records live)' }), hosts(lang, view))}
      ${block('n4', say(lang, { ja: '市町の帳簿', en: 'Books of the municipalities' }), books(lang, view))}
      ${view.refusals.length > 0 && block('n5', say(lang, { ja: '数えられなかった記録', en: 'Records not counted' }), refusals)}
    </div>`,
  })
}
