// What can be done with a draft that waits for its second person: another approves it; the first one reads that it has to be another.

import { mayDo } from '../../../../desk/permissions.ts'
import type { Draft } from '../../../../store/desk.ts'
import { href, say, type Words } from '../../lang.ts'
import { html, type Html } from '../../markup.ts'
import { notice } from '../../parts/block.ts'
import type { AtDesk } from '../door.ts'
import { hidden } from '../fields.ts'

type Approval = { readonly path: string; readonly approve: Words; readonly isMain?: boolean }

/** `path`: of the draft, below which /approve and /withdraw are. `isMain`: the one thing to do on its page. */
export const approvalForm = (
  { shell, held, actor, path: pathOf }: AtDesk,
  draft: Draft,
  { path, approve, isMain = true }: Approval,
): Html => {
  const { lang } = shell
  const isOther = draft.proposedBy !== actor.did
  const isApprover = mayDo('draft.approve', held)
  const withdraw =
    mayDo('draft.withdraw', held) &&
    html`<button class="btn line" formaction="${href(lang, pathOf(`${path}/withdraw`))}">${say(lang, { ja: '取り下げる', en: 'Withdraw' })}</button>`
  const waits = isOther
    ? notice('calm', say(lang, { ja: '承認の担当者を待っています', en: 'Waits for an approver' }), null)
    : notice(
        'calm',
        say(lang, { ja: 'あなたが一人目です', en: 'You are the first person' }),
        html`<p>${say(lang, { ja: '二人目の承認は、別の担当者が行います。', en: 'The second has to be another.' })}</p>`,
      )
  return html`<form method="post" action="${href(lang, pathOf(`${path}/approve`))}">
    ${hidden('version', draft.version)}${!(isOther && isApprover) && waits}
    <p class="row">
      ${isOther && isApprover && html`<button class="btn ${isMain ? 'big' : 'line'}">${say(lang, approve)}</button>`}${withdraw}
    </p>
  </form>`
}
