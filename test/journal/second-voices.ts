// What a word about an act may not say, for the second computation: less time, by who only saw it; and that another town received it for the public, by
// anybody but that town and host bodies of it.

import type { IntakeRow } from '../../appview/journal/model.ts'
import { fields, jst, list, number, text } from './second-fields.ts'
import type { Placed, World } from './second-world.ts'

export const goesTooFar = (world: World, act: IntakeRow, note: Placed): boolean => saysLess(act, note) || isOfAnother(world, act, note)

const saysLess = (act: IntakeRow, note: Placed): boolean => {
  const [claimed, said] = [number(fields(act.value)['minutes'], 0), fields(note.value)]
  return (said['role'] === 'witness' || said['onBehalf'] === 'witness') && number(said['minutes'], claimed) < claimed
}

const isOfAnother = (world: World, act: IntakeRow, note: Placed): boolean => {
  const [done, said] = [fields(act.value), fields(note.value)]
  const own = list(said['receivers'])
  const stated = own.length > 0 ? own : said['role'] === 'beneficiary' ? [] : list(done['beneficiaries'])
  const day = jst(note.recordedAt)
  const here = world.heir(text(fields(done['municipality'])['code']), day, note.i)
  return stated.some((receiver) => {
    if (receiver['class'] !== 'public' || receiver['scope'] === undefined) return false
    const there = world.heir(text(receiver['scope']), day, note.i)
    if (there === here) return false
    if (said['onBehalf'] !== undefined) return true
    if (said['role'] === 'municipality') return world.townOf(note.repo) !== there
    return said['role'] !== 'hostBody' || !world.isHost(note.repo, text(done['performedOn']), note.i, there)
  })
}
