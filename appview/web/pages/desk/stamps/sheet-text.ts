// The list of a sheet as it is typed or pasted, one person a line, and back: who, minutes, name, category, note. Only `who` is needed.
// Who: an id of the register, a DID, @handle, or `card:` and a token. Minutes: nothing for the default of all, 欠席 or absent for who did not come.

import type { StampRow } from '../../../../desk/operations.ts'

const CARD = /^(?:card|カード)[:：]\s*/iu
const ABSENT: ReadonlySet<string> = new Set(['欠席', 'absent', '-'])
const BETWEEN = /[,\t，、]/u

/** Empty lines are passed over. `resolve` gives the DID of a handle, or null. */
export const rowsOf = (text: string, resolve: (handle: string) => Promise<string | null>): Promise<readonly StampRow[]> =>
  Promise.all(
    text
      .split(/\r\n|\r|\n/)
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .map((line) => rowOf(line, resolve)),
  )

const rowOf = async (line: string, resolve: (handle: string) => Promise<string | null>): Promise<StampRow> => {
  const [who = '', minutes = '', label = '', category = '', note = ''] = line.split(BETWEEN).map((cell) => cell.trim())
  return {
    who: await whoOf(who, resolve),
    ...(ABSENT.has(minutes) ? { isAbsent: true } : minutes === '' ? {} : { minutes: minutesOf(minutes) }),
    ...(label === '' ? {} : { label }),
    ...(category === '' ? {} : { category }),
    ...(note === '' ? {} : { note }),
  }
}

const whoOf = async (who: string, resolve: (handle: string) => Promise<string | null>): Promise<StampRow['who']> => {
  if (CARD.test(who)) return { card: who.replace(CARD, '') }
  if (who.startsWith('did:')) return { did: who }
  if (!who.startsWith('@')) return { resident: who }
  const did = await resolve(who)
  return did === null ? { resident: who } : { did }
}

/** What is no number of minutes is 0, which the line is marked for. */
export const minutesOf = (text: string): number => {
  const digits = text.normalize('NFKC').replace(/分$/, '').trim()
  return /^\d{1,6}$/.test(digits) ? Number(digits) : 0
}

export const whoText = ({ who }: Pick<StampRow, 'who'>): string =>
  'card' in who ? `card:${who.card}` : 'did' in who ? who.did : who.resident

export const sheetText = (rows: readonly StampRow[]): string =>
  rows
    .map((row) => {
      const minutes = row.isAbsent === true ? '欠席' : row.minutes === undefined ? '' : String(row.minutes)
      const cells = [whoText(row), minutes, row.label ?? '', row.category ?? '', row.note ?? '']
      return cells
        .map((cell) => cell.replaceAll(/[,\t，、]/gu, ' '))
        .join(',')
        .replace(/,+$/, '')
    })
    .join('\n')
