// Who works at the desk, since when and by whom; and the trail of everything done here.

import type { AuditRow, DeskRole, RoleGrant } from '../../../store/desk.ts'
import { DESK_ROLES } from '../../../store/desk.ts'
import type { Reason } from '../../../desk/outcome.ts'
import { href, say, type Lang, type Words } from '../lang.ts'
import { html, type Content, type Html } from '../markup.ts'
import { block } from '../parts/block.ts'
import { instantText } from '../parts/date.ts'
import type { AtDesk } from './door.ts'
import { deskPage } from './frame.ts'

export const ROLE_WORDS: Readonly<Record<DeskRole, Words>> = {
  clerk: { ja: '受付', en: 'Clerk' },
  approver: { ja: '承認', en: 'Approver' },
  admin: { ja: '管理', en: 'Administrator' },
  auditor: { ja: '監査', en: 'Auditor' },
}

export type Grant = RoleGrant & { readonly name: string; readonly isHeld: boolean }
export type TrailRow = AuditRow & { readonly name: string }

export type StaffView = {
  readonly grants: readonly Grant[]
  /** Null to those who may not read it. */
  readonly trail: { readonly rows: readonly TrailRow[]; readonly older: string | null } | null
  readonly mayChange: boolean
  readonly input: { readonly who: string; readonly role: string }
  readonly done: Words | null
  readonly reasons: readonly Reason[]
}

const grantRow = (lang: Lang, at: AtDesk, grant: Grant, mayChange: boolean): Html =>
  html`<tr>
    <th scope="row">${grant.name}</th>
    <td>${say(lang, ROLE_WORDS[grant.role])}</td>
    <td>
      ${instantText(lang, grant.from)}${grant.until !== null && html` – ${instantText(lang, grant.until)}`}
    </td>
    <td>
      ${
        mayChange &&
        grant.isHeld &&
        html`<form method="post" action="${href(lang, at.path('/staff/remove'))}">
          <input type="hidden" name="who" value="${grant.did}" /><input type="hidden" name="role" value="${grant.role}" /><button class="btn text">
            ${say(lang, { ja: 'はずす', en: 'Remove' })}<span class="vh"> ${grant.name} ${say(lang, ROLE_WORDS[grant.role])}</span>
          </button>
        </form>`
      }
    </td>
  </tr>`

const grants = (lang: Lang, at: AtDesk, { grants: rows, mayChange }: StaffView): Html =>
  html`<div class="scroll">
    <table>
      <caption class="vh">${say(lang, { ja: '担当者と役割', en: 'Staff and roles' })}</caption>
      <thead>
        <tr>
          <th scope="col">${say(lang, { ja: '人', en: 'Who' })}</th>
          <th scope="col">${say(lang, { ja: '役割', en: 'Role' })}</th>
          <th scope="col">${say(lang, { ja: '期間', en: 'Since' })}</th>
          <th scope="col"><span class="vh">${say(lang, { ja: '操作', en: 'Change' })}</span></th>
        </tr>
      </thead>
      <tbody>
        ${rows.map((grant) => grantRow(lang, at, grant, mayChange))}
      </tbody>
    </table>
  </div>`

const addForm = (lang: Lang, at: AtDesk, { input }: StaffView): Html =>
  html`<form class="form" method="post" action="${href(lang, at.path('/staff'))}">
    <div class="field">
      <label class="label" for="who">${say(lang, { ja: 'ハンドルまたはDID', en: 'Handle or DID' })}</label>
      <input id="who" name="who" type="text" class="wide" value="${input.who}" autocomplete="off" spellcheck="false" />
    </div>
    <div class="field">
      <label class="label" for="role">${say(lang, { ja: '役割', en: 'Role' })}</label>
      <select id="role" name="role">
        ${DESK_ROLES.map((role) => html`<option value="${role}"${input.role === role && html` selected`}>${say(lang, ROLE_WORDS[role])}</option>`)}
      </select>
    </div>
    <p class="row"><button class="btn">${say(lang, { ja: '担当者に加える', en: 'Add to the staff' })}</button></p>
  </form>`

const trailList = (lang: Lang, at: AtDesk, { rows, older }: NonNullable<StaffView['trail']>): Content =>
  html`<ol class="trail">
      ${rows.map(
        (row) =>
          html`<li>
            <span class="soft small">${instantText(lang, row.at, 'second')}</span> ${row.name}
            <span class="id">${row.deed}</span>${row.on !== null && html` <span class="id">${row.on}</span>`}${row.code !== null && html` <span class="nb">${say(lang, { ja: 'できず', en: 'refused' })} <span class="id">${row.code}</span></span>`}
          </li>`,
      )}
    </ol>
    ${older !== null && html`<p class="row"><a class="btn line" href="${href(lang, at.path(`/staff?before=${older}`))}">${say(lang, { ja: '前の記録を見る', en: 'Older lines' })}</a></p>`}`

export const staffPage = (at: AtDesk, view: StaffView): string => {
  const { lang } = at.shell
  return deskPage(at, {
    room: 'staff',
    title: { ja: '担当者', en: 'Staff' },
    done: view.done,
    reasons: view.reasons,
    main: html`${block('s1', say(lang, { ja: '担当者と役割', en: 'Staff and roles' }), view.grants.length === 0 ? html`<p class="read">${say(lang, { ja: 'まだだれもいません。市町のアカウントだけが、すべての役割をもっています。', en: 'Nobody yet. The municipality’s own account holds every role.' })}</p>` : grants(lang, at, view))}
    ${view.mayChange && block('s2', say(lang, { ja: '担当者を加える', en: 'Add somebody' }), addForm(lang, at, view))}
    ${view.trail !== null && block('s3', say(lang, { ja: '窓口の記録', en: 'Trail of the desk' }), trailList(lang, at, view.trail))}`,
  })
}
