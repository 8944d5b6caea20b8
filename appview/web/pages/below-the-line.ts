// What stands below the line of a person's or an organisation's statement: acts and minutes given and received, both together, and what an organisation has
// attested for others. Nothing here is a difference of both.

import { GIVEN, RECEIVED } from '../../journal/chart.ts'
import type { Attested } from '../../queries/attested.ts'
import type { StatementAnswer } from '../../queries/statement.ts'
import { numText } from './parts/figure.ts'
import type { NoteView } from './statement.ts'

/** Given and received, and their sum. */
export const exchangeNotes = ({ statement, acts }: StatementAnswer): NoteView[] => {
  if ('hidden' in statement) return []
  const { PL } = statement.units.MIN
  const [given, received] = [PL[GIVEN] ?? 0, 0 - (PL[RECEIVED] ?? 0)]
  const both = given + received
  return [
    {
      title: { ja: 'した・していただいた', en: 'Given and received' },
      text: {
        ja: `した ${numText(acts.given)}件・${numText(given)}分、していただいた ${numText(acts.received)}件・${numText(received)}分。`,
        en: `Given: ${numText(acts.given)} acts, ${numText(given)} minutes. Received: ${numText(acts.received)} acts, ${numText(received)} minutes.`,
      },
    },
    {
      title: { ja: '授受総量', en: 'Both together' },
      text: {
        ja: `授受あわせて${numText(both)}分。することも、していただくことも、支え合いです。`,
        en: `${numText(both)} minutes given and received: both are mutual aid.`,
      },
    },
  ]
}

export const attestedNote = (attested: Attested | null): NoteView => ({
  title: { ja: 'ほかの人のために確かめたもの', en: 'Attested for others' },
  text:
    attested === null
      ? { ja: '人数が少ないため載せていません。', en: 'Not shown: too few people.' }
      : {
          ja: `${numText(attested.acts)}件、${numText(attested.minutes)}分。この団体が受け入れて確かめた行動で、上の表には含めていません。`,
          en: `${numText(attested.acts)} acts, ${numText(attested.minutes)} minutes: done with this body and confirmed by it; not in the tables above.`,
        },
})
