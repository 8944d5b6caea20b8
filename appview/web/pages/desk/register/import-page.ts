// A register's table, as a file or pasted: tried first, each refused line with its number and reason; then brought in. The same file again changes nothing.

import type { ImportReport } from '../../../../desk/operations.ts'
import type { Reason } from '../../../../desk/outcome.ts'
import { REGISTER_COLUMNS } from '../../../../desk/register-lines.ts'
import { href, say, type Lang } from '../../lang.ts'
import { html, type Content, type Html } from '../../markup.ts'
import { notice, tiles } from '../../parts/block.ts'
import { num } from '../../parts/figure.ts'
import type { AtDesk } from '../door.ts'
import { area, file, type Form } from '../fields.ts'
import { deskPage } from '../frame.ts'
import { reasonText } from '../problems.ts'
import { LIST_FILE, LIST_FILE_HELP, LIST_FILES, LIST_TEXT } from './list-words.ts'

export type ImportView = {
  readonly csv: string
  /** Read from a file that is no UTF-8. */
  readonly isCp932: boolean
  readonly report: ImportReport | null
  readonly reasons: readonly Reason[]
}

const MOST_LISTED = 200
const AREA_ROWS = 14

const refusedLines = (lang: Lang, { refused }: ImportReport): Content =>
  refused.length > 0 &&
  notice(
    'warn',
    say(lang, { ja: `取り込まない行（${refused.length}行）`, en: `Lines left out (${refused.length})` }),
    html`<ul>
        ${refused.slice(0, MOST_LISTED).map((reason) => html`<li>${reasonText(lang, reason)}</li>`)}${refused.length > MOST_LISTED && html`<li>${say(lang, { ja: `ほか${refused.length - MOST_LISTED}行`, en: `and ${refused.length - MOST_LISTED} more` })}</li>`}
      </ul>
      <p>${say(lang, { ja: 'ほかの行は取り込めます。', en: 'The other lines can be brought in.' })}</p>`,
  )

const noticedLines = (lang: Lang, { notices }: ImportReport): Content =>
  notices.length > 0 &&
  notice(
    'warn',
    say(lang, { ja: `見ておく行（${notices.length}行）`, en: `Lines to see to (${notices.length})` }),
    html`<ul>
      ${notices.slice(0, MOST_LISTED).map((reason) => html`<li>${reasonText(lang, reason)}</li>`)}
    </ul>`,
  )

const report = (lang: Lang, found: ImportReport): Html => {
  const { added, changed, unchanged, refused, isApplied } = found
  const isNew = added + changed > 0
  const title = isApplied
    ? isNew
      ? { ja: '取り込みました', en: 'Brought in' }
      : { ja: '同じ内容でした。何も変わっていません', en: 'The same as before: nothing has changed' }
    : { ja: '試しました。まだ何も変わっていません', en: 'Tried: nothing has changed yet' }
  const of = (ja: string, en: string, lines: number) =>
    [say(lang, { ja, en }), html`${num(lines)}${say(lang, { ja: '行', en: '' })}`] as const
  return html`${notice(isApplied ? 'ok' : 'calm', say(lang, title), null)}${noticedLines(lang, found)}${refusedLines(lang, found)}
    <div class="room">
      ${tiles([of('新しい方', 'New', added), of('変わる方', 'Changed', changed), of('同じ', 'The same', unchanged), of('取り込まない', 'Left out', refused.length)])}
    </div>`
}

export const importPage = (at: AtDesk, { csv, isCp932, report: found, reasons }: ImportView): string => {
  const { lang } = at.shell
  const form: Form = { lang, reasons, fieldOf: (code) => (code.startsWith('csv.') ? 'csv' : undefined) }
  const isTried = found !== null && !found.isApplied && found.added + found.changed > 0
  return deskPage(at, {
    room: 'register',
    title: { ja: '台帳の表を取り込む', en: 'Bring in a table of the register' },
    inside: true,
    reasons,
    fieldOf: form.fieldOf,
    main: html`${isCp932 && notice('calm', say(lang, { ja: 'Shift_JIS（CP932）のファイルとして読みました', en: 'Read as a file in Shift_JIS (CP932)' }), null)}${found !== null && report(lang, found)}
      <form class="form room" method="post" enctype="multipart/form-data" action="${href(lang, at.path('/register/import'))}">
        ${file(form, { name: 'file', label: LIST_FILE, help: LIST_FILE_HELP }, LIST_FILES)}
        ${area(form, { name: 'csv', label: LIST_TEXT, value: csv, help: { ja: `一行目は列の名前：${REGISTER_COLUMNS.join('、')}。id・name・from は必ず要ります。番号・氏名・開始日などの日本語の名前でも読みます。protected は支援措置のある方に 1。表計算ソフトからそのまま貼り付けられます。`, en: `First line, the names of the columns: ${REGISTER_COLUMNS.join(', ')}. id, name and from are needed; protected is 1 for protected persons. Cells copied from a spreadsheet can be pasted as they are.` } }, AREA_ROWS)}
        <p class="row">
          <button class="btn ${isTried ? 'line' : 'big'}" name="do" value="try">${say(lang, { ja: 'まず試す（何も変えません）', en: 'Try first (changes nothing)' })}</button>${isTried && html`<button class="btn big" name="do" value="apply">${say(lang, { ja: '取り込む', en: 'Bring it in' })}</button>`}
        </p>
        <p class="help">${say(lang, { ja: '台帳は公開されません。同じファイルをもう一度取り込んでも、何も変わりません。', en: 'The register is never public. The same file again changes nothing.' })}</p>
      </form>`,
  })
}
