// Somebody moves from the first town to the second: what stood to their name is carried over (転出入), and what is confirmed only after the move follows
// them with lines of its own.

import { personAt, playerOf, type Subject } from '../stage.ts'
import { left, type Chapter } from './chapter.ts'

export const move = (): Chapter => {
  let lastAct: Subject | undefined
  return {
    actBeforeMove: async (stage) => {
      const mover = personAt(stage, playerOf(stage, 'mover'))
      const first = await stage.act(mover, { category: 'culture', minutes: 120 })
      await stage.confirm(personAt(stage, 0), first, { role: 'beneficiary' })
      lastAct = await stage.act(mover, { category: 'community', minutes: 90 })
    },
    move: async (stage) => {
      const index = playerOf(stage, 'mover')
      const from = stage.now.date
      const line = ['C-9001', stage.people[index]?.name, personAt(stage, index).did, from].join(',')
      await stage.desk(1, 'clerk', 'importRegister', { csv: `id,name,did,from\r\n${line}\r\n`, apply: true })
      await stage.desk(1, 'clerk', 'admit', { did: personAt(stage, index).did, from })
    },
    confirmAfterMove: async (stage) => stage.confirm(personAt(stage, 1), left(lastAct, 'act before the move'), { role: 'beneficiary' }),
  }
}
