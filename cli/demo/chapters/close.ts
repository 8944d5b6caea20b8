// The year ends: some acts of March are confirmed only after the cut-off and land as 過年度 in the next; both towns close; one finds a wrong rate,
// publishes the corrected table and restates the year. The first version stays where it is.

import type { Calendar } from '../calendar.ts'
import { personAt, type Stage, type Subject, type TownIndex } from '../stage.ts'
import type { Chapter } from './chapter.ts'

const LATE_GIVERS = [20, 21, 22, 23, 24, 25] as const
const LATER_GIVERS = [26, 27, 28, 29] as const
const CONFIRMER_AFTER = 50
const YEN_OF_CLOSED_YEAR = 1_790
const YEN = 1_828
const SOURCE = '内閣府「家事活動等の評価について」の専門代替費用（年度ごとに改定）'
const REASON = '単価表の誤りの訂正：この年度の単価は1時間1,790円とすべきところ、翌年度の単価1,828円を用いていたため'

export const close = (): Chapter => {
  const late: Subject[] = []
  const later: Subject[] = []
  return {
    lateActs: (stage) => record(stage, LATE_GIVERS, late),
    laterActs: (stage) => record(stage, LATER_GIVERS, later),
    close: async (stage) => {
      for (const town of [0, 1] as const) await closeYear(stage, town)
    },
    confirmLate: (stage) => confirmAll(stage, late),
    confirmLater: (stage) => confirmAll(stage, later),
    restate: async (stage) => {
      // The table of the year that was wrong, and then again the one that holds from the next.
      const uri = await publishRates(stage, YEN_OF_CLOSED_YEAR, stage.calendar.day.opening)
      await publishRates(stage, YEN, startOfNextYear(stage.calendar))
      await stage.settled()
      const fiscalYear = stage.calendar.closedYear
      const { version } = await stage.desk(0, 'approver', 'restate', { fiscalYear, reason: REASON, rateTable: uri })
      stage.say(`Restated: ${stage.codes[0]} fiscal year ${fiscalYear}, version ${String(version)}`)
    },
  }
}

const startOfNextYear = ({ closedYear }: Calendar): string => `${closedYear + 1}-04-01`

const publishRates = async (stage: Stage, yenPerHour: number, validFrom: string): Promise<unknown> => {
  const rates = { rates: [{ category: '*', yenPerHour, method: 'RC-S' }], source: SOURCE, validFrom }
  return (await stage.desk(0, 'approver', 'publishRates', { rates }))['uri']
}

const record = async (stage: Stage, givers: readonly number[], into: Subject[]): Promise<void> => {
  for (const giver of givers) into.push(await stage.act(personAt(stage, giver), { category: 'environment', minutes: 60 }))
}

const confirmAll = async (stage: Stage, acts: readonly Subject[]): Promise<void> => {
  for (const [i, subject] of acts.entries()) await stage.confirm(personAt(stage, CONFIRMER_AFTER + i), subject, { role: 'beneficiary' })
}

const closeYear = async (stage: Stage, town: TownIndex): Promise<void> => {
  const fiscalYear = stage.calendar.closedYear
  const { version, record: uri } = await stage.desk(town, 'approver', 'close', { fiscalYear })
  stage.say(`Closed: ${stage.codes[town]} fiscal year ${fiscalYear}, version ${String(version)} (${String(uri)})`)
}
