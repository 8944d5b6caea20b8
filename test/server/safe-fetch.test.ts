// Fetching what strangers name: which addresses, on the address really connected to, at every redirect; bounds in bytes and time.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { isAllowedAddress } from '../../server/address-rules.ts'
import { UnsafeFetch, createSafeFetch } from '../../server/safe-fetch.ts'

const limits = { maxBytes: 100_000, timeoutMs: 2_000 }
const local = createSafeFetch({ allowLoopback: true, ...limits })
const strict = createSafeFetch({ allowLoopback: false, ...limits })

const start = async (t: TestContext, listener: RequestListener): Promise<string> => {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  return `http://localhost:${address.port}`
}

const refused = (code: string) => (error: unknown) => error instanceof UnsafeFetch && error.code === code

test('which addresses may be reached', () => {
  const open = ['93.184.216.34', '8.8.8.8', '172.15.0.1', '172.32.0.1', '2606:2800:220:1::1', '2a00:1450::1']
  const shut4 =
    '0.0.0.0 10.1.2.3 100.64.0.1 169.254.169.254 172.16.0.1 172.31.255.255 192.168.0.1 192.0.2.1 198.18.0.1 198.51.100.7 203.0.113.1 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255'
  const shut6 =
    ':: fe80::1 fc00::1 fd12::1 ff02::1 64:ff9b::808:808 2001:db8::1 2001::1 2002:7f00:1:: 3fff::1 ::10.0.0.1 ::ffff:10.0.0.1 100::1'
  const none = ['localhost', '', '127.1', '0x7f000001', '999.1.1.1']
  for (const address of open) assert.ok(isAllowedAddress(address, false), address)
  for (const address of [...shut4.split(' '), ...shut6.split(' '), ...none]) assert.ok(!isAllowedAddress(address, true), address)
  for (const address of ['127.0.0.1', '127.9.9.9', '::1'])
    assert.deepEqual([isAllowedAddress(address, false), isAllowedAddress(address, true)], [false, true], address)
})

test('without leave, neither http nor loopback, by literal or by name, in any spelling', async (t) => {
  const url = await start(t, (_req, res) => res.end('secret'))
  const { port } = new URL(url)
  await assert.rejects(strict(url), refused('scheme'))
  for (const host of [
    '127.0.0.1',
    'localhost',
    '[::1]',
    '127.1',
    '2130706433',
    '0x7f.1',
    '[::ffff:127.0.0.1]',
    '10.0.0.1',
    '169.254.169.254',
    '[fe80::1]',
    '0.0.0.0',
  ])
    await assert.rejects(strict(`https://${host}:${port}/`), refused('address'), host)
  for (const address of ['ftp://a.test/', 'file:///etc/passwd', 'data:text/plain,x'])
    await assert.rejects(local(address), refused('scheme'), address)
  for (const host of ['10.0.0.1', '192.168.1.1', '169.254.169.254'])
    await assert.rejects(local(`http://${host}/`), refused('address'), host)
})

test('a password in an address is refused', async (t) => {
  const url = await start(t, (_req, res) => res.end('x'))
  // Request itself refuses an address with credentials; a redirect to one is ours to refuse.
  await assert.rejects(local(url.replace('http://', 'http://a:b@')), TypeError)
  const redirecting = await start(t, (_req, res) => res.writeHead(302, { location: url.replace('http://', 'http://a:b@') }).end())
  await assert.rejects(local(redirecting), refused('credentials'))
})

test('with leave, a loopback server answers: method, headers, body, status', async (t) => {
  const url = await start(t, (req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      res.writeHead(req.method === 'PUT' ? 418 : 200, { 'content-type': 'application/json', 'x-own': ['a', 'b'] })
      res.end(
        JSON.stringify({ method: req.method, own: req.headers['x-own'], host: req.headers.host, body: Buffer.concat(chunks).toString() }),
      )
    })
  })
  const posted = await local(`${url}/path?q=1`, { method: 'POST', headers: { 'x-own': 'mine' }, body: 'hello' })
  assert.deepEqual([posted.status, posted.headers.get('x-own')], [200, 'a, b'])
  assert.deepEqual(await posted.json(), { method: 'POST', own: 'mine', host: new URL(url).host, body: 'hello' })
  const put = await local(new Request(url, { method: 'PUT', body: 'x' }))
  assert.deepEqual([put.status, put.ok], [418, false])
  const head = await local(url, { method: 'HEAD' })
  assert.equal(await head.text(), '')
})

test('redirects: three are followed, each is checked, secrets stay with their origin', async (t) => {
  const seen: (string | undefined)[] = []
  const target = await start(t, (req, res) => {
    seen.push(req.headers.authorization)
    res.end(`${req.method}`)
  })
  const hops = await start(t, (req, res) => {
    const left = Number((req.url ?? '/0').slice(1))
    res.writeHead(left < 0 ? 308 : 302, { location: left === 0 || left < 0 ? target : `/${left - 1}` }).end()
  })
  const withSecret = { headers: { authorization: 'Bearer secret' } }
  assert.equal(await (await local(`${hops}/2`, withSecret)).text(), 'GET')
  assert.deepEqual(seen, [undefined])
  await assert.rejects(local(`${hops}/3`), refused('redirects'))
  assert.equal(await (await local(`${hops}/0`, { method: 'POST', body: 'x' })).text(), 'GET', 'a 302 turns POST into GET')
  assert.equal(await (await local(`${hops}/-1`, { method: 'POST', body: 'x' })).text(), 'POST', 'a 308 does not')
  assert.equal((await local(`${hops}/0`, { redirect: 'manual' })).status, 302)
  await assert.rejects(local(`${hops}/0`, { redirect: 'error' }), refused('redirects'))
  for (const location of ['http://10.0.0.1/', 'http://169.254.169.254/latest/meta-data', 'file:///etc/passwd']) {
    const trap = await start(t, (_req, res) => res.writeHead(302, { location }).end())
    await assert.rejects(local(trap), UnsafeFetch, location)
  }
})

test('an answer larger than allowed is cut, announced or not', async (t) => {
  const url = await start(t, (req, res) => {
    if (req.url === '/announced') res.setHeader('content-length', 200_000)
    for (let index = 0; index < 20; index++) res.write(Buffer.alloc(10_000))
    res.end()
  })
  await assert.rejects(local(`${url}/announced`), refused('size'))
  const streamed = await local(`${url}/streamed`)
  await assert.rejects(streamed.arrayBuffer(), refused('size'))
  const fits = createSafeFetch({ allowLoopback: true, maxBytes: 200_000, timeoutMs: 2_000 })
  assert.equal((await (await fits(`${url}/streamed`)).arrayBuffer()).byteLength, 200_000)
})

test('time is bounded for head and body alike; a caller may leave earlier', async (t) => {
  const url = await start(t, (req, res) => {
    if (req.url === '/body') res.write('begun')
  })
  const hasty = createSafeFetch({ allowLoopback: true, maxBytes: 1_000, timeoutMs: 100 })
  await assert.rejects(hasty(`${url}/head`), { name: 'TimeoutError' })
  const begun = await hasty(`${url}/body`)
  await assert.rejects(begun.text(), { name: 'TimeoutError' })
  const leaving = new AbortController()
  const waiting = local(url, { signal: leaving.signal })
  leaving.abort(new Error('gone'))
  await assert.rejects(waiting, /gone/)
})

test('a server that is not there, and one that breaks off, are errors', async (t) => {
  const url = await start(t, (_req, res) => {
    res.writeHead(200, { 'content-length': 100 })
    res.write('only a part')
    res.socket?.destroy()
  })
  await assert.rejects(async () => (await local(url)).text())
  await assert.rejects(local('http://localhost:9/'))
})
