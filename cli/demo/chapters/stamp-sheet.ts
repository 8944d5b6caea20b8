// A clean-up at the river: most recorded it themselves, some have no account and show a card of the host body. One member of staff types the list,
// another approves it; one line was absent, one waits for a record.

import { registerIdOf } from '../open-desks.ts'
import { personAt } from '../stage.ts'
import type { Chapter } from './chapter.ts'

const FIRST = 60
const WITH_ACCOUNT = 26
const CARDS = 14
const MINUTES = 120
const LEFT_EARLY = [3, 8, 30] as const
const LEFT_EARLY_MINUTES = 60
const ABSENT = 90
const WITHOUT_RECORD = 91
const HOST = 1

export const stampSheet = (): Chapter => ({
  stampSheet: async (stage) => {
    const hostBody = stage.cast.hosts[HOST]?.did
    const performedOn = stage.now.date
    const eventId = `saigawa-${performedOn}`
    const givers = Array.from({ length: WITH_ACCOUNT }, (_, i) => FIRST + i)
    for (const giver of givers)
      await stage.act(personAt(stage, giver), {
        category: 'environment',
        minutes: MINUTES,
        hostBody,
        eventId,
        beneficiaries: [{ class: 'public' }],
      })
    await stage.settled()
    const resident = (index: number) => ({ who: { resident: registerIdOf(0, index) }, label: stage.people[index]?.name })
    const cards = Array.from({ length: CARDS }, (_, i) => ({
      who: { card: `SAI-${String(i + 1).padStart(4, '0')}` },
      label: `カード ${i + 1}`,
    }))
    const present = [...givers.map(resident), ...cards].map((row, i) =>
      LEFT_EARLY.some((line) => line === i + 1) ? { ...row, minutes: LEFT_EARLY_MINUTES, note: '途中で帰宅' } : row,
    )
    const rows = [...present, { ...resident(ABSENT), isAbsent: true }, resident(WITHOUT_RECORD)]
    const title = '犀川一斉清掃（名簿）'
    const sheet = { title, eventId, performedOn, category: 'environment', minutes: MINUTES, receiver: 'public', hostBody, rows }
    const saved = await stage.desk(0, 'clerk', 'saveSheet', { sheet })
    const { id, version } = Object(saved['draft'])
    const proposed = await stage.desk(0, 'clerk', 'propose', { id, version })
    const approved = await stage.desk(0, 'approver', 'approve', { id, version: proposed['version'] })
    stage.willBePublished(urisIn(approved['body']))
    stage.say(`Stamped from a list: ${String(saved['people'])} people, ${String(saved['minutes'])} minutes (sheet ${String(id)})`)
  },
})

/** The records a sheet brought forth, as its body lists them. */
const urisIn = (body: unknown): readonly string[] =>
  [...JSON.stringify(body).matchAll(/"(?:action|confirmation)":"(at:[^"]+)"/g)].map(([, uri = '']) => uri)
