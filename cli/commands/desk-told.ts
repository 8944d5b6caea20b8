// What the desk's answers say at the command line: a line each where there is much, the answer itself as JSON where it is short.

import type { Fields } from '../network/desk-call.ts'

const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? { ...value } : {})
const list = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fields) : [])
const word = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '–')

export const told = (answer: Fields): string => JSON.stringify(answer, null, 2)

/** One JSON object a line, then where it goes on. */
export const toldList = (answer: Fields): string => {
  const { cursor, ...rest } = answer
  const [items = []] = Object.values(rest).filter((value): value is readonly unknown[] => Array.isArray(value))
  const more = typeof cursor === 'string' ? [`(more: --cursor ${cursor})`] : []
  return [...items.map((item) => JSON.stringify(item)), ...(items.length === 0 ? ['(none)'] : []), ...more].join('\n')
}

/** `place`: `line 7` of a file, `row 6` of a sheet. */
const reasonLine = (place: string, reason: Fields): string => {
  const about = word(reason['about'])
  return `  ${place}: ${word(reason['code'])} ${word(reason['en'])} ${word(reason['ja'])}${['–', ''].includes(about) ? '' : ` (${about})`}`
}

export const toldImport = (report: Fields): string => {
  const refused = list(report['refused'])
  const done = report['isApplied'] === true ? 'Brought in' : 'Would bring in (say --apply to do it)'
  const counts = `${word(report['lines'])} lines: ${word(report['added'])} new, ${word(report['changed'])} changed, ${word(report['unchanged'])} as before, ${refused.length} refused`
  const notices = list(report['notices'])
  const seen =
    notices.length === 0 ? [] : ['To see to / 見ておく行', ...notices.map((reason) => reasonLine(`line ${word(reason['line'])}`, reason))]
  return [`${done}: ${counts}`, ...seen, ...refused.map((reason) => reasonLine(`line ${word(reason['line'])}`, reason))].join('\n')
}

export const toldDraft = (draft: Fields): string => {
  const next =
    draft['state'] === 'proposed' ? `\nAnother person approves it: npx waki desk approve --id ${word(draft['id'])} --as HANDLE` : ''
  return `${word(draft['kind'])} ${word(draft['id'])}, version ${word(draft['version'])}: ${word(draft['state'])}${next}`
}

const whoOf = (who: Fields): string => `(${Object.values(who).map(word).join()})`

export const toldSheet = (view: Fields): string => {
  const lines = list(view['lines'])
  // Rows are counted without the head that a file has.
  const doubts = lines.flatMap((line) =>
    list(line['doubts']).map((doubt) => reasonLine(`row ${word(line['line'])} ${whoOf(fields(line['who']))}`, doubt)),
  )
  const draft = fields(view['draft'])
  const head = `${word(fields(view['sheet'])['title'])}: ${word(view['people'])} people, ${word(view['minutes'])} minutes; sheet ${word(draft['id'])}, version ${word(draft['version'])}, ${word(draft['state'])}`
  const next = draft['state'] === 'draft' ? [`Put it forward: npx waki desk propose --id ${word(draft['id'])}`] : []
  return [head, ...doubts, ...next].join('\n')
}
