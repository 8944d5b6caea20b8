// The stations of a record's path: what each proves, with the ids by which anybody can look again.

import type { Trace } from '../../queries/trace.ts'
import type { ActionView, TransactionView } from '../../queries/views.ts'
import type { Words } from './lang.ts'
import type { RecordState } from './acts.ts'
import type { Fact, Station } from './trace.ts'

/** Accounts from here on are memo: what is claimed and not confirmed. */
export const FIRST_MEMO_ACCOUNT = 9_000

const id = (name: Words, value: string): Fact => ({ name, value, kind: 'id' })
const instant = (name: Words, value: string): Fact => ({ name, value, kind: 'instant' })
const number = (name: Words, value: number): Fact => ({ name, value: String(value), kind: 'number' })
const text = (name: Words, words: Words): Fact => ({ name, value: '', words, kind: 'text' })

const waiting = (title: Words): Station => ({
  title,
  state: 'waiting',
  sentence: { ja: 'まだ届いていません。', en: 'Not arrived yet.' },
  facts: [],
})

const createdAtOf = (value: unknown): string | null =>
  typeof value === 'object' &&
  value !== null &&
  'createdAt' in value &&
  typeof value.createdAt === 'string' &&
  !Number.isNaN(Date.parse(value.createdAt))
    ? value.createdAt
    : null

export const recorded = ({ uri, cid, steps, seen }: Trace): Station => {
  const created = createdAtOf(steps.record?.value)
  return {
    title: { ja: '記録', en: 'Record' },
    state: seen === 'nothing' ? 'waiting' : 'verified',
    sentence:
      seen === 'deletion'
        ? { ja: 'あなたが消した記録です。', en: 'You deleted this record.' }
        : { ja: 'あなたのリポジトリに、あなたが書いた記録です。', en: 'You wrote this record into your own repository.' },
    facts: [
      id({ ja: '名前', en: 'Address' }, uri),
      ...(cid === undefined ? [] : [id({ ja: '内容のしるし', en: 'CID' }, cid)]),
      ...(created === null ? [] : [instant({ ja: '書いた時刻', en: 'Written' }, created)]),
    ],
  }
}

const COMMIT: Words = { ja: '署名つきコミット', en: 'Signed commit' }

export const committed = ({ steps, seen }: Trace): Station => {
  const { commit } = steps
  if (seen === 'nothing') return waiting(COMMIT)
  if (commit === undefined)
    return {
      title: COMMIT,
      state: 'waiting',
      sentence: {
        ja: '証拠のブロックは、もう手元にありません。葉までは、たどれます。',
        en: 'The blocks that prove it are no longer held here. It can be traced to its leaf.',
      },
      facts: [],
    }
  return {
    title: COMMIT,
    state: 'verified',
    sentence: {
      ja: 'この記録を含むコミットに、あなたの鍵の署名があります。前の版との差も合っています。',
      en: 'The commit that holds it is signed with your key, and follows from the one before.',
    },
    facts: [
      id({ ja: '版', en: 'Revision' }, commit.rev),
      id({ ja: 'コミットのしるし', en: 'Commit CID' }, commit.cid),
      id({ ja: '署名鍵', en: 'Signing key' }, commit.signingKey),
    ],
  }
}

export const received = ({ steps }: Trace): Station => {
  const title: Words = { ja: '受信', en: 'Receipt' }
  if (steps.log === undefined) return waiting(title)
  return {
    title,
    state: 'stored',
    sentence: { ja: '中継が受け取り、番号を付けました。', en: 'The relay received it and gave it a number.' },
    facts: [
      id({ ja: '通し番号 seq', en: 'seq' }, String(steps.log.seq)),
      instant({ ja: '受け取った時刻', en: 'Received' }, steps.log.recordedAt),
    ],
  }
}

export const inLog = ({ steps }: Trace): Station => {
  const title: Words = { ja: '記録簿の葉', en: 'Leaf of the log' }
  if (steps.log === undefined) return waiting(title)
  return {
    title,
    state: 'stored',
    sentence: {
      ja: '順番を決める記録簿の、何枚目の葉かを示します。記録簿そのものの署名は、まだありません。',
      en: 'Which leaf it is in the log that gives the order. The log itself is not signed yet.',
    },
    facts: [
      id({ ja: '記録簿', en: 'Log' }, steps.log.origin),
      number({ ja: '葉', en: 'Leaf' }, steps.log.leaf),
      number({ ja: '葉の中の順', en: 'Place in the leaf' }, steps.log.op),
    ],
  }
}

const roles: Readonly<Record<string, Words>> = {
  beneficiary: { ja: '受けた方', en: 'Receiver' },
  witness: { ja: '見ていた方', en: 'Witness' },
  hostBody: { ja: '受入機関', en: 'Host body' },
  municipality: { ja: '自治体', en: 'Municipality' },
}

const confirmationSentence = (state: RecordState, count: number): Words => {
  if (state === 'refused')
    return { ja: '数えられない記録なので、確認は求められません。', en: 'The record does not count, so no confirmation is asked for.' }
  if (state === 'rejected')
    return { ja: '「心当たりがない」との回答があり、ここで止まりました。', en: 'Somebody does not recognise it; the path ends here.' }
  if (state === 'lapsed') return { ja: '期限までに確認がありませんでした。', en: 'Nobody confirmed it in time.' }
  if (count === 0) return { ja: 'まだ、だれも確かめていません。', en: 'Nobody has confirmed it yet.' }
  if (state === 'not-admitted' || state === 'waiting')
    return {
      ja: '確認は届いていますが、まだ数えるための条件がそろっていません。',
      en: 'A confirmation is here, but not yet all it takes to count.',
    }
  return { ja: 'この記録（内容のしるしまで同じもの）を確かめた人がいます。', en: 'This very version was confirmed.' }
}

/** `authors`: what people call those who confirmed, in the same order. */
export const confirmed = ({ confirmations }: ActionView, state: RecordState, authors: readonly string[]): Station => {
  const stops = state === 'rejected' || state === 'lapsed' || state === 'refused'
  const waits = state === 'waiting' || state === 'not-admitted'
  return {
    title: { ja: '確認', en: 'Confirmation' },
    state: stops ? 'stopped' : waits ? 'waiting' : 'verified',
    sentence: confirmationSentence(state, confirmations.length),
    facts: confirmations.flatMap((one, i) => [
      text(
        { ja: '確かめた人', en: 'By' },
        {
          ja: `${authors[i] ?? one.author}（${roles[one.role]?.ja ?? one.role}）${one.verdict === 'rejected' ? '：心当たりがない' : ''}`,
          en: `${authors[i] ?? one.author} (${roles[one.role]?.en ?? one.role})${one.verdict === 'rejected' ? ': not recognised' : ''}`,
        },
      ),
      number({ ja: '葉', en: 'Leaf' }, one.leaf),
      instant({ ja: '受け取った時刻', en: 'Received' }, one.recordedAt),
    ]),
  }
}

/** Every entry of the act in minutes, in order; debit and credit are checked to be equal. */
export const booked = (entries: readonly TransactionView[], nameOfLine: (entity: string, account: number) => Words): Station => {
  const lines = entries.flatMap((entry) =>
    entry.lines.filter(({ unit, account }) => unit === 'MIN' && account < FIRST_MEMO_ACCOUNT).map((line) => ({ ...line, id: entry.id })),
  )
  const isBalanced = lines.reduce((sum, { amount }) => sum + amount, 0) === 0
  return {
    title: { ja: '仕訳', en: 'Entry' },
    state: isBalanced ? 'booked' : 'stopped',
    sentence: {
      ja: isBalanced
        ? '確認を受けて、行動のあった日で記帳しました。借方と貸方は同じです。'
        : '借方と貸方が合いません。こちらの不具合です。',
      en: isBalanced ? 'Booked on the day of the act. Debit and credit are equal.' : 'Debit and credit differ: the fault is ours.',
    },
    facts: entries.map((entry) => id({ ja: '仕訳番号', en: 'Entry' }, entry.id)),
    postings: lines.map(({ id: entry, entity, account, amount }) => ({
      id: entry,
      name: nameOfLine(entity, account),
      account,
      debit: amount > 0 ? amount : null,
      credit: amount < 0 ? -amount : null,
    })),
  }
}
