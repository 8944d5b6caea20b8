// On the page of a prefecture or of the whole: what each municipality has signed of the year, and whether it is what these books make of the log; where it
// is not, which statement, which line, both figures.

import type { MemberCheck, SignedOtherwise } from '../../queries/signed-check.ts'
import { nameOf } from '../../statements/lines.ts'
import { say, type Lang, type Words } from './lang.ts'
import { html, type Html } from './markup.ts'
import { block, id, notice } from './parts/block.ts'
import { chip } from './parts/icon.ts'
import { numText } from './parts/figure.ts'

export type CheckRow = MemberCheck & { readonly name: Words }

const TITLE: Words = { ja: '市町が署名した数字との照合', en: 'Checked against what the municipalities signed' }

const VERDICTS: Readonly<Record<MemberCheck['verdict'], { readonly kind: 'ok' | 'wait' | 'bad'; readonly word: Words }>> = {
  same: { kind: 'ok', word: { ja: '一致', en: 'the same' } },
  differs: { kind: 'bad', word: { ja: '一致しません', en: 'differs' } },
  absent: { kind: 'wait', word: { ja: '署名された計算書がありません', en: 'nothing signed is there' } },
  'other-roster': { kind: 'ok', word: { ja: '数字は一致（別の名簿によるもの）', en: 'the same figures, under another roster' } },
  lacking: { kind: 'wait', word: { ja: '照合できません（非公開の記入）', en: 'not verifiable: private entries' } },
  'other-rules': { kind: 'wait', word: { ja: '前の規則による版', en: 'by earlier rules' } },
  'no-table': { kind: 'wait', word: { ja: '照合待ち', en: 'not checked yet' } },
}

const UNITS: Readonly<Record<string, Words>> = { MIN: { ja: '分', en: 'minutes' }, JPY: { ja: '円', en: 'yen' } }
const FIGURE_LINE = /^units\.(MIN|JPY)\.(?:PL|BS|NA)\.(\d{4})$/

const statementName = ({ entity, kind, version }: SignedOtherwise): Words => {
  const which: Words =
    kind === 'consolidation'
      ? { ja: '精算表', en: 'Worksheet' }
      : entity === null
        ? { ja: '地域全体の計算書', en: 'Statement of the whole area' }
        : { ja: '市町の計算書', en: 'Statement of the municipality' }
  return version === 1 ? which : { ja: `${which.ja}（第${version}版）`, en: `${which.en} (version ${version})` }
}

const titleOf = (name: Words, statement: Words): Words => ({ ja: `${name.ja}　${statement.ja}`, en: `${name.en}: ${statement.en}` })

/** The name of an account where the line is one, else its path. */
const lineName = (lang: Lang, line: string): Html => {
  const [, unit = '', account = ''] = FIGURE_LINE.exec(line) ?? []
  const of = UNITS[unit]
  return of === undefined ? id(line) : html`${say(lang, nameOf(Number(account)))}${say(lang, { ja: `（${of.ja}）`, en: ` (${of.en})` })}`
}

const figure = (lang: Lang, value: string | null): Html => {
  if (value === null) return html`<span class="sub">${say(lang, { ja: '載っていません', en: 'not there' })}</span>`
  return /^-?\d+$/.test(value) ? html`<span class="num">${numText(Number(value))}</span>` : id(value)
}

const differencesOf = (lang: Lang, { name, otherwise }: CheckRow): Html[] =>
  otherwise
    .filter(({ verdict }) => verdict === 'differs')
    .map((one) =>
      notice(
        'bad',
        say(lang, titleOf(name, statementName(one))),
        html`<table class="grid-t stack-t">
            <thead>
              <tr>
                <th scope="col">${say(lang, { ja: '行', en: 'Line' })}</th>
                <th scope="col">${say(lang, { ja: '署名された数字', en: 'Signed' })}</th>
                <th scope="col">${say(lang, { ja: '記録から計算した数字', en: 'From the records' })}</th>
              </tr>
            </thead>
            <tbody>
              ${one.differences.map(
                ({ line, signed, made }) =>
                  html`<tr>
                    <th scope="row">${lineName(lang, line)}</th>
                    <td data-l="${say(lang, { ja: '署名', en: 'Signed' })}">${figure(lang, signed)}</td>
                    <td data-l="${say(lang, { ja: '記録から', en: 'From the records' })}">${figure(lang, made)}</td>
                  </tr>`,
              )}
            </tbody>
          </table>
          <p class="small">${id(one.record)}</p>`,
      ),
    )

/** Of the newest statement that cannot be made again here: what is not here, whose it is, and how far that reaches. */
const excuseOf = (lang: Lang, { otherwise, verdict }: CheckRow): Html | false => {
  const excuse = otherwise.findLast((one) => one.verdict === 'lacking')?.excuse ?? null
  if (verdict !== 'lacking' || excuse === null) return false
  const { lacking, reach } = excuse
  const count = lacking.entries.reduce((sum, entries) => sum + entries.count, 0)
  const whose = [...new Set(lacking.entries.map(({ town }) => town))].join(', ')
  const far = reach === null ? null : { acts: numText(reach.acts), minutes: numText(reach.minutes) }
  const ja = `窓口だけが中身を知る記入${count}件（${whose}）${far === null ? '' : `。触れうるのは${far.acts}件の行為、${far.minutes}分まで`}`
  const en = `${count} entries whose content desks alone have (${whose})${far === null ? '' : `; they may touch ${far.acts} acts, ${far.minutes} minutes at most`}`
  return html`<p class="small">${say(lang, { ja, en })}</p>`
}

const rowOf = (lang: Lang, row: CheckRow): Html => {
  const { name, version, verdict } = row
  return html`<tr>
    <th scope="row">${say(lang, name)}</th>
    <td data-l="${say(lang, { ja: '版', en: 'Version' })}">${version === null ? '–' : say(lang, { ja: `第${version}版`, en: String(version) })}</td>
    <td data-l="${say(lang, { ja: '照合', en: 'Check' })}">
      ${version === null ? say(lang, { ja: 'まだ締めていません', en: 'not closed yet' }) : chip(VERDICTS[verdict].kind, say(lang, VERDICTS[verdict].word))}
      ${excuseOf(lang, row)}
    </td>
  </tr>`
}

/** Nothing before anybody has closed the year. */
export const checkBlock = (lang: Lang, rows: readonly CheckRow[]): Html | false =>
  rows.some(({ version }) => version !== null) &&
  block(
    'signed',
    say(lang, TITLE),
    html`<p class="read">
        ${say(lang, { ja: '市町が締めて署名した計算書を、この帳簿が同じ記録簿から計算しなおした数字と照らしています。', en: 'What each municipality closed and signed is held against what these books compute from the same log.' })}
      </p>
      <table class="grid-t stack-t">
        <thead>
          <tr>
            <th scope="col">${say(lang, { ja: '市町', en: 'Municipality' })}</th>
            <th scope="col">${say(lang, { ja: '版', en: 'Version' })}</th>
            <th scope="col">${say(lang, { ja: '照合', en: 'Check' })}</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map((row) => rowOf(lang, row))}
        </tbody>
      </table>
      ${rows.flatMap((row) => differencesOf(lang, row))}`,
  )
