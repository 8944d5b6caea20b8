// The balances that towns bring in from an earlier scheme, as the second computation books them.

import { fields, isEntry, jst, list, number, text } from './second-fields.ts'
import type { World } from './second-world.ts'

export type Brought = { readonly holder: string; readonly town: string; readonly date: string; readonly minutes: number }

export const openingsOf = (world: World): readonly Brought[] => {
  const opened = new Set<string>()
  return world.rows.flatMap((row, i) => {
    const town = world.townOf(row.repo)
    if (!isEntry(row, 'opening') || town === undefined) return []
    const sha256 = text(fields(row.payload)['sha256'])
    const date = jst(row.recordedAt)
    const source = world.rows.find((one) => one.repo === row.repo && isEntry(one, 'import') && fields(one.payload)['sha256'] === sha256)
    const brought = list(fields(source?.payload)['rows']).map((one) => ({
      holder: text(one['holder']),
      town,
      date,
      minutes: number(one['minutes'], 0),
    }))
    const total = brought.reduce((sum, { minutes }) => sum + minutes, 0)
    const isRight = fields(fields(row.payload)['control'])['minutes'] === total
    const areThere = brought.every(({ holder }) => world.home(holder, date, i) === town)
    if (opened.has(`${town} ${sha256}`) || !isRight || !areThere) return []
    opened.add(`${town} ${sha256}`)
    return brought
  })
}
