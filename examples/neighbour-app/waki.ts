// What this app does with the permission it was given. All requests go to the person's own server (PDS), with their session: it keeps the records, and
// passes questions on to the municipality's appview in the person's name.

import { randomBytes } from 'node:crypto'
import type { OAuthSession } from '@atproto/oauth-client-node'
import { appviewService, settings } from './settings.ts'

type Json = Readonly<Record<string, unknown>>

/** The server said no: its status, its name for the error, its sentence. */
export class Refused extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

const answerOf = async (response: Response): Promise<Json> => {
  const json = parseJson(await response.json().catch(() => ({})))
  if (response.ok) return json
  throw new Refused(response.status, textOf(json, 'error'), textOf(json, 'message'))
}

const parseJson = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {})

const textOf = (json: Json, name: string): string => {
  const value = json[name]
  return typeof value === 'string' ? value : ''
}

const procedure = async (session: OAuthSession, nsid: string, input: Json): Promise<Json> =>
  answerOf(
    await session.fetchHandler(`/xrpc/${nsid}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(input),
    }),
  )

const query = async (session: OAuthSession, nsid: string): Promise<Json> =>
  answerOf(await session.fetchHandler(`/xrpc/${nsid}`, { headers: { 'atproto-proxy': appviewService } }))

export type Act = { readonly minutes: number; readonly category: string; readonly eventCode: string }

/** The civil date in Japan. */
const today = (): string => new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 10)

/** Writes an act into the person's own repository. Everybody can read it: it says what, how long, when and where, and nothing about others. */
export const recordAct = async (session: OAuthSession, act: Act): Promise<Json> =>
  procedure(session, 'com.atproto.repo.createRecord', {
    repo: session.did,
    collection: 'org.waki.action',
    record: {
      $type: 'org.waki.action',
      category: act.category,
      minutes: act.minutes,
      performedOn: today(),
      municipality: { scheme: 'jis-x-0402', code: settings.townCode },
      eventId: act.eventCode,
      beneficiaries: [{ class: 'public' }],
      nonce: { $bytes: randomBytes(16).toString('base64').replaceAll('=', '') },
      createdAt: new Date().toISOString(),
    },
  })

export type Seen = { readonly uri: string; readonly state: string; readonly minutes: number; readonly eventCode: string }

/** The person's acts as the municipality's books have them: 'open' until somebody confirms, then 'recognised'. */
export const actsOf = async (session: OAuthSession): Promise<readonly Seen[]> => {
  const { actions } = await query(session, 'org.waki.listActions')
  return (Array.isArray(actions) ? actions : []).map(parseJson).map((one) => ({
    uri: textOf(one, 'uri'),
    state: textOf(one, 'state'),
    minutes: Number(one['minutes']),
    eventCode: textOf(one, 'eventId'),
  }))
}

/** What this app may not do, tried. Each is to be refused by the person's server, whatever the app says. */
export const tryMore = async (session: OAuthSession): Promise<readonly { readonly what: string; readonly answer: string }[]> => {
  const repo = session.did
  const now = new Date().toISOString()
  const [own] = await actsOf(session)
  const deeds: readonly (readonly [string, () => Promise<Json>])[] = [
    [
      '行動を消す Delete an act',
      () =>
        procedure(session, 'com.atproto.repo.deleteRecord', {
          repo,
          collection: 'org.waki.action',
          rkey: own?.uri.split('/').at(-1) ?? 'x',
        }),
    ],
    [
      '見え方を変える Change who may see',
      () =>
        procedure(session, 'com.atproto.repo.putRecord', {
          repo,
          collection: 'org.waki.profile',
          rkey: 'self',
          record: { $type: 'org.waki.profile', statementVisibility: 'public', createdAt: now },
        }),
    ],
    [
      'ほかの記録を書く Write something else',
      () =>
        procedure(session, 'com.atproto.repo.createRecord', {
          repo,
          collection: 'app.bsky.feed.post',
          record: { $type: 'app.bsky.feed.post', text: 'x', createdAt: now },
        }),
    ],
    ['確認する Confirm', () => procedure(session, 'org.waki.confirm', { uri: own?.uri ?? '', verdict: 'confirmed' })],
    ['ハンドルを変える Change the handle', () => procedure(session, 'com.atproto.identity.updateHandle', { handle: 'other.pds1.test' })],
  ]
  const answers = []
  for (const [what, deed] of deeds) answers.push({ what, answer: await deed().then(() => 'できました Done', sentenceOf) })
  return answers
}

const sentenceOf = (error: unknown): string => {
  if (!(error instanceof Refused)) throw error
  return `断られました Refused: ${error.status} ${error.code}. ${error.message}`
}
