// The versions of a closed year on pages: which one this is, whether these books make the same, where the others stand, where its signed record is.

import type { StatementAnswer } from '../../queries/statement.ts'
import { href, say, type Lang, type Words } from './lang.ts'
import { html, type Html } from './markup.ts'
import { id, notice, pairs } from './parts/block.ts'
import { instantText } from './parts/date.ts'
import { chip } from './parts/icon.ts'

export type VersionView = {
  readonly version: number
  readonly newest: number
  readonly reason: string | null
  readonly newestReason: string | null
  readonly verdict: NonNullable<StatementAnswer['sealed']>['verdict']
  readonly closedAt: string
  /** Uris of the signed statement and of the close or restatement, and the hash of the set. */
  readonly record: string
  readonly closing: string
  readonly hash: string
  readonly gaps: number
  /** Address of the newest version; others stand below it. */
  readonly path: string
}

/** Null while the town has not closed the year. */
export const versionOf = ({ sealed, proof }: StatementAnswer, path: string): VersionView | null =>
  sealed === null
    ? null
    : {
        version: sealed.version,
        newest: sealed.newest,
        reason: sealed.reason,
        newestReason: sealed.newestReason,
        verdict: sealed.verdict,
        closedAt: sealed.closing.recordedAt,
        record: proof.record?.uri ?? '',
        closing: sealed.closing.uri,
        hash: sealed.hash,
        gaps: sealed.gaps,
        path,
      }

const number = (version: number): Words => ({ ja: `第${version}版`, en: `version ${version}` })

const VERDICTS: Readonly<Record<VersionView['verdict'], { readonly kind: 'ok' | 'wait' | 'bad'; readonly word: Words }>> = {
  same: { kind: 'ok', word: { ja: '照合済み', en: 'Checked' } },
  differs: { kind: 'bad', word: { ja: '照合できません', en: 'Does not check' } },
  'other-rules': { kind: 'wait', word: { ja: '前の規則による版', en: 'By earlier rules' } },
  'no-table': { kind: 'wait', word: { ja: '照合待ち', en: 'Not checked yet' } },
}

/** Beside the title: what came of checking, and which version. */
export const versionChips = (lang: Lang, { version, verdict }: VersionView): Html =>
  html`${chip(VERDICTS[verdict].kind, say(lang, VERDICTS[verdict].word))}${chip('plain', upperFirst(say(lang, number(version))))}`

const upperFirst = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)

/** Above the figures: a replaced version says what stands instead, one that does not check says what that means. */
export const versionNotices = (lang: Lang, view: VersionView): Html => {
  const { version, newest, newestReason, path, verdict } = view
  const newer = say(lang, { ja: `第${newest}版を見る`, en: `See version ${newest}` })
  const replaced = notice(
    'warn',
    say(lang, {
      ja: `この第${version}版は、第${newest}版に改められました`,
      en: `This version ${version} has been replaced by version ${newest}`,
    }),
    html`<p>${say(lang, { ja: '理由：', en: 'Reason: ' })}<span lang="ja">${newestReason}</span></p>
      <p><a href="${href(lang, path)}">${newer}</a></p>`,
  )
  const differing = notice(
    'bad',
    say(lang, { ja: 'この帳簿からは、同じ数字になりません', en: 'These books do not come to the same figures' }),
    html`<p>
      ${say(lang, {
        ja: 'ここにあるのは、自治体が署名した数字です。受付記録の監査が要ります。',
        en: 'What stands here is what the municipality signed. The intake of these books has to be audited.',
      })}
    </p>`,
  )
  return html`${version < newest && replaced}${verdict === 'differs' && differing}`
}

/** In the part on data: the records that were signed, and the other versions. */
export const versionProof = (lang: Lang, view: VersionView): Html => {
  const { version, newest, reason, path } = view
  const others = Array.from({ length: newest }, (_, index) => index + 1).filter((one) => one !== version)
  const link = (one: number): Html =>
    html`<a href="${href(lang, one === newest ? path : `${path}/v${one}`)}">${say(lang, { ja: `第${one}版`, en: `Version ${one}` })}</a> `
  const closing = version === 1 ? { ja: '締め切った記録', en: 'Close' } : { ja: '改めた記録', en: 'Restatement' }
  const why =
    reason === null ? null : html`${say(lang, { ja: '（', en: ' (' })}<span lang="ja">${reason}</span>${say(lang, { ja: '）', en: ')' })}`
  const rows: [string, Html | string][] = [
    [say(lang, { ja: '版', en: 'Version' }), html`${say(lang, { ja: `第${version}版`, en: String(version) })}${why}`],
    ...(others.length === 0 ? [] : [[say(lang, { ja: 'ほかの版', en: 'Others' }), html`${others.map(link)}`] satisfies [string, Html]]),
    [say(lang, closing), html`${id(view.closing)}<br />${instantText(lang, view.closedAt)}`],
    [say(lang, { ja: '署名つき決算書', en: 'Signed statement' }), id(view.record)],
    [say(lang, { ja: '一式の要約値', en: 'Hash of the set' }), id(view.hash)],
  ]
  const gaps = say(lang, {
    ja: `${view.gaps}人分の記録が届かないまま締め切られました。`,
    en: `Closed without the records of ${view.gaps} repositories that could not be had.`,
  })
  return html`${pairs(rows)}${view.gaps > 0 && html`<p>${gaps}</p>`}`
}

/** A year in a list of years: 令和8年度（第1版）. */
export const withVersion = (lang: Lang, year: string, version: number | null): string => {
  if (version === null) return year
  if (version === 1) return say(lang, { ja: `${year}（第1版）`, en: `${year} (version 1)` })
  return say(lang, { ja: `${year}（第${version}版・訂正あり）`, en: `${year} (version ${version}, restated)` })
}
