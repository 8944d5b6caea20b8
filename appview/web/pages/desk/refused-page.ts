// A room of the desk whose door one's role does not open: its name, and why not.

import type { Reason } from '../../../desk/outcome.ts'
import { href, say } from '../lang.ts'
import { html } from '../markup.ts'
import type { AtDesk } from './door.ts'
import { DESK_ROOMS, deskPage, type DeskRoom } from './frame.ts'

export const refusedPage = (at: AtDesk, room: DeskRoom, reasons: readonly Reason[]): string => {
  const { lang } = at.shell
  return deskPage(at, {
    room,
    title: DESK_ROOMS[room].words,
    reasons,
    main: html`<p class="row"><a class="btn line" href="${href(lang, at.path())}">${say(lang, { ja: '窓口に戻る', en: 'Back to the desk' })}</a></p>`,
  })
}
