// Three disputes, each brought to the desk by the person who is said to have been helped. Two are ruled on by two members of staff, one upheld and one
// dismissed; the third is still open when the year is closed, and its notes say so.

import { personAt, type Subject } from '../stage.ts'
import { left, type Chapter, type Tell } from './chapter.ts'

type Case = { act?: Subject; dispute?: unknown }
type People = { readonly giver: number; readonly receiver: number }

export const disputes = (): Chapter => {
  const [upheld, dismissed, open]: [Case, Case, Case] = [{}, {}, {}]
  const [first, second, third] = [
    { giver: 12, receiver: 13 },
    { giver: 14, receiver: 15 },
    { giver: 16, receiver: 17 },
  ] as const
  return {
    actUpheld: recordAct(upheld, first, 75),
    openUpheld: openDispute(upheld, first, '来ていただいたのは別の日で、この日のことは覚えがありません。'),
    ruleUpheld: rule(upheld, 'upheld', '双方の話と民生委員の記録から、この日の行動はなかったと認めた。'),
    actDismissed: recordAct(dismissed, second, 60),
    openDismissed: openDispute(dismissed, second, '30分ほどだったと思います。'),
    ruleDismissed: rule(dismissed, 'dismissed', '訪問の控えに60分とあり、ご本人も思い出された。'),
    actOfOpenDispute: recordAct(open, third, 120),
    openDispute: openDispute(open, third, '二人で来られましたが、お一人は途中で帰られました。'),
  }
}

const recordAct =
  (one: Case, { giver, receiver }: People, minutes: number): Tell =>
  async (stage) => {
    one.act = await stage.act(personAt(stage, giver), { category: 'community', minutes })
    await stage.confirm(personAt(stage, receiver), one.act, { role: 'beneficiary' })
  }

const openDispute =
  (one: Case, { receiver }: People, reason: string): Tell =>
  async (stage) => {
    const { uri } = left(one.act, 'act in dispute')
    one.dispute = (await stage.desk(0, 'clerk', 'openDispute', { uri, reason, by: personAt(stage, receiver).did }))['uri']
  }

const rule =
  (one: Case, outcome: 'upheld' | 'dismissed', reason: string): Tell =>
  async (stage) => {
    const draft = await stage.desk(0, 'clerk', 'proposeRuling', { dispute: left(one.dispute, 'dispute'), outcome, reason })
    await stage.desk(0, 'approver', 'approve', { id: draft['id'], version: draft['version'] })
  }
