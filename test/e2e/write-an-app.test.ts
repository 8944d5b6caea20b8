// docs/write-an-app.md, done as it says: its commands in their order, its app in use, and each line of code it quotes where it says it is.

import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { createInterface } from 'node:readline'
import { Visitor, seen } from '../pages/visitor.ts'
import { eventually } from '../support/asking.ts'
import { LocalNetwork, wakiSays, type Urls } from '../support/local-network.ts'
import { allowAt } from '../support/sign-in.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const DOCUMENT = readFileSync(join(ROOT, 'docs', 'write-an-app.md'), 'utf8')
const WAIT_MS = 60_000

const blocks = (language: string): string[] =>
  [...DOCUMENT.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, 'gm'))].map(([, body]) => body ?? '')
const commands = blocks('sh').flatMap((body) => body.trim().split('\n'))

const network = new LocalNetwork()
let app: ChildProcess | undefined
after(async () => {
  app?.kill('SIGTERM')
  await network[Symbol.asyncDispose]()
})

/** Starts the app as the document does, on a free port; gives the address it prints. */
const startApp = async (file: string, urls: Urls): Promise<string> => {
  const env = { PORT: '0', APPVIEW_URL: urls.appview, PLC_URL: urls.plc, HANDLE_RESOLVER_URL: urls.pds[0] ?? '' }
  const child = spawn(process.execPath, [join(ROOT, file)], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] })
  app = child
  for await (const line of createInterface({ input: child.stdout })) {
    const address = /http:\/\/\S+/.exec(line)?.[0]
    if (address !== undefined) return address
  }
  return assert.fail('the app printed no address')
}

/** Aoi in a browser, at the app. */
const signInAt = async (url: string, password: string): Promise<Visitor> => {
  const aoi = new Visitor(url)
  const begun = await aoi.post('/sign-in', { handle: 'aoi.pds1.test' })
  assert.equal(begun.status, 303, begun.text)
  const asked = new URL(begun.headers.get('location') ?? '').searchParams.get('client_id') ?? ''
  assert.match(decodeURIComponent(asked), /repo:org\.waki\.action\?action=create/)
  const params = await allowAt(begun.headers.get('location') ?? '', { handle: 'aoi.pds1.test', password })
  const stranger = new Visitor(url)
  assert.equal((await stranger.get(`/callback?${params.toString()}`)).status, 400, 'another browser does not come back for Aoi')
  const again = await aoi.post('/sign-in', { handle: 'aoi.pds1.test' })
  const own = await allowAt(again.headers.get('location') ?? '', { handle: 'aoi.pds1.test', password })
  assert.equal((await aoi.get(`/callback?${own.toString()}`)).headers.get('location'), '/')
  return aoi
}

test('the walk of the document', { timeout: 300_000 }, async () => {
  let urls: Urls | undefined
  let password = ''
  let aoi: Visitor | undefined
  let uri = ''
  for (const command of commands) {
    const [program, name, ...rest] = command.split(' ')
    if (command === 'npm start') urls = await network.start()
    else if (program === 'npx' && name === 'waki') {
      const said = await wakiSays(...rest.map((word) => (word === 'at://…' ? uri : word)), '--data', network.data)
      if (command.includes('create --handle aoi')) password = /password\s+(\S+)/.exec(said)?.[1] ?? ''
    } else if (program === 'npx' && name === 'node') {
      aoi = await signInAt(await startApp(rest.join(' '), urls ?? assert.fail('the network runs')), password)
      assert.equal((await aoi.post('/acts', { eventCode: 'souji-2026', minutes: '60' })).headers.get('location'), '/')
      const look = async (): Promise<string> => seen(await (aoi ?? assert.fail()).get('/'))
      uri = /at:\/\/[\w.:/]+/.exec(await eventually(look, (text) => text.includes('waiting'), 'the act waits', WAIT_MS))?.[0] ?? ''
    } else assert.fail(`the document has a command that this test does not know: ${command}`)
  }
  const browser = aoi ?? assert.fail('the document starts the app')
  const look = async (): Promise<string> => seen(await browser.get('/'))
  assert.match(await eventually(look, (text) => text.includes('confirmed'), 'the confirmation arrives', WAIT_MS), /souji-2026 60分/)
  const tried = seen(await browser.post('/try-more', {}))
  assert.equal(tried.match(/403 ScopeMissingError/g)?.length, 5, tried)
  assert.doesNotMatch(tried, /Done/)
  assert.equal((await browser.post('/acts', { eventCode: 'x', minutes: '1' }, {})).status, 403, 'a form of another site')
  await browser.post('/sign-out', {})
  assert.equal((await browser.post('/acts', { eventCode: 'x', minutes: '1' })).status, 401)
})

test('the app is not ours: it imports nothing of the project, and the document quotes it truly', () => {
  const files = ['client', 'main', 'pages', 'settings', 'waki'].map((name) =>
    readFileSync(join(ROOT, 'examples', 'neighbour-app', `${name}.ts`), 'utf8'),
  )
  for (const text of files)
    for (const [, target] of text.matchAll(/from '([^']+)'/g))
      assert.match(target ?? '', /^(?:\.\/|node:|express$|@atproto\/oauth-client-node$)/)
  const plain = (text: string): string => text.replace(/\s+/g, '').replaceAll(',)', ')')
  const all = files.map(plain).join('\n')
  const quoted = blocks('ts')
  assert.ok(quoted.length >= 5)
  for (const code of quoted) assert.ok(all.includes(plain(code)), code)
})
