// What waits for somebody when the story has reached the present: a list for its second approval, another half typed, and words asked of one resident.

import { registerIdOf } from '../open-desks.ts'
import { personAt, type Stage } from '../stage.ts'
import type { Chapter } from './chapter.ts'

const ASKED = 0
const HELPERS = [
  { giver: 120, category: 'community', minutes: 45 },
  { giver: 121, category: 'culture', minutes: 60 },
] as const
const LISTS = [
  { title: '公園の花植え（名簿）', id: 'flowers', category: 'environment', first: 130, people: 12, isProposed: true },
  { title: '図書館の読み聞かせ（名簿）', id: 'library', category: 'culture', first: 150, people: 6, isProposed: false },
] as const
const MINUTES = 90

export const yesterday = (): Chapter => ({
  yesterday: async (stage) => {
    const { did } = personAt(stage, ASKED)
    for (const { giver, category, minutes } of HELPERS)
      await stage.act(personAt(stage, giver), { category, minutes, beneficiaries: [{ class: 'person', did }] })
    for (const list of LISTS) await typeList(stage, list)
  },
})

const typeList = async (stage: Stage, { title, id, category, first, people, isProposed }: (typeof LISTS)[number]): Promise<void> => {
  const performedOn = stage.now.date
  const eventId = `${id}-${performedOn}`
  const givers = Array.from({ length: people }, (_, i) => first + i)
  for (const giver of givers)
    await stage.act(personAt(stage, giver), { category, minutes: MINUTES, eventId, beneficiaries: [{ class: 'public' }] })
  await stage.settled()
  const rows = givers.map((giver) => ({ who: { resident: registerIdOf(0, giver) }, label: stage.people[giver]?.name }))
  const sheet = { title, eventId, performedOn, category, minutes: MINUTES, receiver: 'public', rows }
  const { draft } = await stage.desk(0, 'clerk', 'saveSheet', { sheet })
  const { id: draftId, version } = Object(draft)
  if (isProposed) await stage.desk(0, 'clerk', 'propose', { id: draftId, version })
}
