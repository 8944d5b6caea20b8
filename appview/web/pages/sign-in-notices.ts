// What the sign-in page says when a sign-in did not begin, did not end, or is over: what happened, what is safe, what to do.

import type { BeginRefusal } from '../../auth/begin-sign-in.ts'
import type { FinishRefusal } from '../../auth/finish-sign-in.ts'
import type { SignInNotice } from './sign-in.ts'

/** With the status of the answer to the form. */
export const beginNotices: Readonly<Record<BeginRefusal, SignInNotice & { readonly status: number }>> = {
  'not-possible': {
    status: 403,
    kind: 'calm',
    title: { ja: 'ここではサインインできません。', en: 'Sign-in is not available here.' },
    text: { ja: '読むだけなら、サインインはいりません。', en: 'Reading needs no sign-in.' },
  },
  'unknown-account': {
    status: 422,
    kind: 'bad',
    title: { ja: 'このハンドルのアカウントが見つかりません。', en: 'No account with this handle was found.' },
    text: {
      ja: 'つづりを確かめて、もう一度お試しください。点の入った名前です。',
      en: 'Check the spelling and try again. It is a name with dots.',
    },
  },
  'pds-unreachable': {
    status: 502,
    kind: 'warn',
    title: { ja: '記録の置き場（PDS）につながりません。', en: 'The server of your records (PDS) cannot be reached.' },
    text: { ja: '少したってから、もう一度お試しください。', en: 'Try again in a while.' },
  },
  'server-refused': {
    status: 502,
    kind: 'warn',
    title: { ja: '記録の置き場（PDS）が、サインインを受けつけませんでした。', en: 'Your server (PDS) did not take the sign-in.' },
    text: {
      ja: '少したってから、もう一度お試しください。続くときは、記録の置き場の管理者にたずねてください。',
      en: 'Try again in a while. If it goes on, ask whoever runs your server.',
    },
  },
  'too-often': {
    status: 429,
    kind: 'warn',
    title: { ja: 'この場所からのサインインが、つづけて多すぎます。', en: 'Too many sign-ins were begun from here.' },
    text: { ja: '数分待ってから、もう一度お試しください。', en: 'Wait a few minutes and try again.' },
  },
  busy: {
    status: 503,
    kind: 'warn',
    title: { ja: 'いま、サインインがこみあっています。', en: 'Too many people are signing in right now.' },
    text: { ja: '少したってから、もう一度お試しください。', en: 'Try again in a moment.' },
  },
}

/** 'ended': the session is over, or what was granted. */
export type Why = FinishRefusal | 'ended'

const notices: Readonly<Record<Why, SignInNotice>> = {
  'not-possible': beginNotices['not-possible'],
  denied: {
    kind: 'calm',
    title: { ja: '許しませんでした。', en: 'You did not allow it.' },
    text: {
      ja: '何も変わっていません。サインインするには、もう一度始めてください。',
      en: 'Nothing has changed. To sign in, begin again.',
    },
  },
  expired: {
    kind: 'warn',
    title: { ja: 'サインインの途中で時間が過ぎました。', en: 'The sign-in took too long.' },
    text: { ja: 'もう一度、はじめからお試しください。', en: 'Please begin again.' },
  },
  'other-browser': {
    kind: 'warn',
    title: { ja: 'サインインを始めたブラウザーとちがいます。', en: 'The sign-in was begun in another browser.' },
    text: {
      ja: 'このブラウザーで、はじめからお試しください。ほかの人から送られたリンクは開かないでください。',
      en: 'Begin again in this browser. Do not open such links from others.',
    },
  },
  'not-finished': {
    kind: 'warn',
    title: { ja: 'サインインを終えられませんでした。', en: 'The sign-in could not be finished.' },
    text: { ja: '少したってから、はじめからお試しください。', en: 'Begin again in a while.' },
  },
  ended: {
    kind: 'warn',
    title: { ja: 'もう一度サインインしてください。', en: 'Please sign in again.' },
    text: {
      ja: 'サインインの期限が過ぎたか、記録の置き場でこのサイトへの許可が取り消されました。いま送ったことがあれば、書き込まれていません。',
      en: 'The sign-in ran out, or the permission was taken back at your server. If you sent something just now, it was not written.',
    },
  },
}

/** The notice for a word in the address; null for any other word. */
export const noticeFor = (why: string): SignInNotice | null => (isWhy(why) ? notices[why] : null)

const isWhy = (word: string): word is Why => Object.hasOwn(notices, word)
