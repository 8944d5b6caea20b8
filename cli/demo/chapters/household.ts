// Two of one household: the help is recorded, and the other's word about it does not count. The books say so to both, and flag it for the desk,
// which looks at it and sets it aside.

import { personAt } from '../stage.ts'
import type { Chapter } from './chapter.ts'

const TOGETHER = [40, 41] as const
const TO_LOOK_AT = 2
const REASON = '本人に確かめた。同じ日に二度行ったもの。'

export const household = (): Chapter => ({
  household: async (stage) => {
    const [giver, receiver] = TOGETHER.map((index) => personAt(stage, index))
    if (giver === undefined || receiver === undefined) return
    const subject = await stage.act(giver, { category: 'community', minutes: 40 })
    await stage.confirm(receiver, subject, { role: 'beneficiary' })
  },
  stampSheet: async (stage) => {
    const { flags } = await stage.desk(0, 'approver', 'listFlags', { limit: 20 })
    const found: readonly unknown[] = Array.isArray(flags) ? flags : []
    for (const flag of found.filter(isOfAnAct).slice(0, TO_LOOK_AT))
      await stage.desk(0, 'approver', 'dismissFlag', { id: flag.id, reason: REASON })
  },
})

const isOfAnAct = (flag: unknown): flag is { readonly id: string } =>
  typeof flag === 'object' && flag !== null && 'id' in flag && 'uri' in flag && flag.uri !== null
