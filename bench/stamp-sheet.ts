// A stamp sheet of forty in a local network of five processes: from the second person's approval to the minutes in the statement that the desk sees.
// Ten are accounts whose own records are confirmed, thirty are cards whose records the host body writes.
//   npm run bench:stamps [-- --quick]

import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { createAccount, createAppPassword, createRecord, createSession, procedure, query, type Session } from '../cli/xrpc-client.ts'
import { deskMethod, method, nsid } from '../lexicons/authority.ts'
import { projectRoot } from './child.ts'
import { isQuick } from './mode.ts'
import { publish, type Row } from './report.ts'
import { scratchDir } from './servers.ts'

const AIM_MS = 1_000
const ROUNDS = isQuick ? 3 : 9
const ACCOUNTS = 10
const CARDS = 30
const MINUTES = 60
const POLL_MS = 5
const WAIT_MS = 60_000

type Urls = { readonly pds: readonly string[]; readonly appview: string }
type Json = Readonly<Record<string, unknown>>

let network: ChildProcess | undefined
process.once('exit', () => network?.kill('SIGTERM'))

const dir = scratchDir('stamps')
const start = async (): Promise<Urls> => {
  const ready = join(dir, 'ready.json')
  const args = ['cli/waki.js', 'network', '--data', join(dir, 'data'), '--ports', '0', '--ready', ready]
  const child = spawn(process.execPath, args, { cwd: projectRoot, stdio: ['ignore', 'pipe', 'inherit'] })
  network = child
  child.stdout.resume()
  const until = performance.now() + WAIT_MS
  while (!existsSync(ready) || readFileSync(ready, 'utf8') === '') {
    if (child.exitCode !== null || performance.now() > until) throw new Error('the network did not start')
    await pause(POLL_MS)
  }
  return JSON.parse(readFileSync(ready, 'utf8'))
}

const urls = await start()
const [pds = ''] = urls.pds
const logins: readonly { did: string; handle: string; pds: string; password: string; what: string }[] = JSON.parse(
  readFileSync(join(dir, 'data', 'logins.json'), 'utf8'),
)
const townLogin = logins.find(({ what }) => what.includes('municipality'))
if (townLogin === undefined) throw new Error('the network has no town')
const code = /municipality (\d{6})/.exec(townLogin.what)?.[1] ?? ''
const town = await createSession(townLogin.pds, townLogin.handle, townLogin.password)

const tokenOf = async (who: Session, lxm: string): Promise<string> => {
  const aud = `did:web:${encodeURIComponent(new URL(urls.appview).host)}`
  const { token } = await query(who.service, 'com.atproto.server.getServiceAuth', { aud, lxm }, who.accessJwt)
  return String(token)
}
const tell = async (who: Session, nsidOf: string, input: Json): Promise<Json> =>
  procedure(urls.appview, nsidOf, { town: code, ...input }, await tokenOf(who, nsidOf))

const member = (name: string): Promise<Session> =>
  createAccount(pds, { handle: `${name}.pds1.test`, email: `${name}@example.jp`, password: randomBytes(12).toString('hex') })

const host = await member('park')
const [clerk, second] = [await member('clerk'), await member('second')]
const file = join(dir, 'data', 'publish.json')
const account = { pds, identifier: host.handle, appPassword: await createAppPassword(host, 'bench') }
writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), [host.did]: account }))
await tell(town, deskMethod.addRole, { did: clerk.did, role: 'clerk' })
await tell(town, deskMethod.addRole, { did: second.did, role: 'approver' })
await tell(town, deskMethod.registerHostBody, { did: host.did, names: { ja: '公園の会' }, validFrom: '2020-01-01' })
const people: Session[] = []
for (let n = 0; n < ACCOUNTS; n++) people.push(await member(`person${n}`))
for (const { did } of people) await tell(town, deskMethod.admit, { did, from: '2020-01-01' })

const given = async (): Promise<number> => {
  const answer = await query(urls.appview, method.getStatement, { scope: code }, await tokenOf(clerk, method.getStatement))
  return minutesIn(answer)
}
const minutesIn = (answer: Json): number => {
  const inner = (value: unknown, name: string): unknown =>
    typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
  return Number(['statement', 'units', 'MIN', 'PL', '4110'].reduce<unknown>(inner, answer) ?? 0)
}
const until = async (isSo: () => Promise<boolean>, what: string): Promise<void> => {
  for (const end = performance.now() + WAIT_MS; !(await isSo()); await pause(POLL_MS))
    if (performance.now() > end) throw new Error(`not so: ${what}`)
}

const today = new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 10)
const sheetOf = (eventId: string): Json => ({
  title: '清掃',
  eventId,
  performedOn: today,
  category: 'environment',
  minutes: MINUTES,
  receiver: 'public',
  hostBody: host.did,
  rows: [...people.map(({ did }) => ({ who: { did } })), ...Array.from({ length: CARDS }, (_, n) => ({ who: { card: `c${n}` } }))],
})

/** Milliseconds: the answer to the approval, and the figures. */
const round = async (n: number): Promise<{ answered: number; figures: number }> => {
  const eventId = `event-${n}`
  const municipality = { scheme: 'jis-x-0402', code }
  for (const who of people) {
    const nonce = { $bytes: randomBytes(16).toString('base64').replace(/=+$/, '') }
    const act = {
      category: 'environment',
      minutes: MINUTES,
      performedOn: today,
      municipality,
      eventId,
      nonce,
      createdAt: new Date().toISOString(),
    }
    await createRecord(who, nsid.action, act)
  }
  let draft: Json = {}
  await until(async () => {
    const { id, version } = draft
    const view = await tell(clerk, deskMethod.saveSheet, { sheet: sheetOf(eventId), ...(id === undefined ? {} : { id, version }) })
    draft = { ...Object(view['draft']) }
    return view['people'] === ACCOUNTS + CARDS
  }, 'all forty are ready')
  const proposed = await tell(clerk, deskMethod.propose, { id: draft['id'], version: draft['version'] })
  const before = await given()
  const begun = performance.now()
  await tell(second, deskMethod.approve, { id: proposed['id'], version: proposed['version'] })
  const answered = performance.now() - begun
  await until(async () => (await given()) === before + (ACCOUNTS + CARDS) * MINUTES, 'the figures stand')
  return { answered, figures: performance.now() - begun }
}

const rounds: { answered: number; figures: number }[] = []
for (let n = 0; n < ROUNDS; n++) rounds.push(await round(n))
network?.kill('SIGTERM')
const middle = (figures: readonly number[]): number => figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN
const figures = rounds.map((one) => one.figures)
const rows: Row[] = [
  {
    what: 'approval answered, ms',
    median: middle(rounds.map(({ answered }) => answered)),
    slowest: Math.max(...rounds.map(({ answered }) => answered)),
  },
  { what: 'figures on the desk’s page, ms', median: middle(figures), slowest: Math.max(...figures) },
]
publish({
  name: 'stamp-sheet',
  tables: [{ title: `A stamp sheet of forty, ${ROUNDS} times`, rows }],
  aims: [
    {
      what: 'stamp sheet of forty to figures',
      aim: `≤ ${AIM_MS} ms`,
      seen: `${Math.round(middle(figures))} ms, slowest ${Math.round(Math.max(...figures))} ms`,
      holds: middle(figures) <= AIM_MS,
    },
  ],
})
