// Sign-in as it is in public: the appview at an https address, a confidential client that authorization servers know by its documents and its key.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nsid } from '../../lexicons/authority.ts'
import { joinAs, localPds, PASSWORD } from '../pds/local-pds.ts'
import { pagesOver } from '../pages/pages-over.ts'
import { seen } from '../pages/visitor.ts'
import { at, parseJson } from '../support/asking.ts'
import { forwardTo, httpsNames } from '../support/https-names.ts'
import { opensslPath, skipUnless } from '../support/needs.ts'
import { allowAt } from '../support/sign-in.ts'

const SITE = 'https://waki.example.com'

test(
  'at an https address: known by its documents, its key proves it, cookies for this host alone',
  { skip: skipUnless(opensslPath, 'an openssl') },
  async (t) => {
    const ports = { pds: 0, site: 0 }
    const { fetch: named } = await httpsNames(t, opensslPath ?? '', {
      'pds.example.org': forwardTo(() => ports.pds),
      'waki.example.com': forwardTo(() => ports.site),
    })
    const local = await localPds(t, { config: { publicUrl: 'https://pds.example.org' }, fetch: named })
    ports.pds = local.pds.port
    const here = `http://127.0.0.1:${ports.pds}`
    Object.assign(local, { pds: { ...local.pds, url: here } })
    const { did, handle } = await joinAs(local, 'hanako')
    const { visitor, port, lines, keep } = await pagesOver(t, () => ({}), { publicUrl: SITE, plcUrl: local.plc.url, fetch: named })
    ports.site = port

    const begun = await visitor.post('/sign-in', { identifier: did, next: '/me' })
    assert.equal(begun.status, 303, seen(begun))
    const location = new URL(begun.headers.get('location') ?? '')
    assert.equal(location.origin, 'https://pds.example.org')
    assert.equal(location.searchParams.get('client_id'), `${SITE}/oauth-client-metadata.json`)
    const params = await allowAt(location.href, { handle, password: PASSWORD, here })
    const back = await visitor.get(`/oauth/callback?${params.toString()}`)
    assert.equal(back.headers.get('location'), '/me')
    const cookies = [...begun.headers.getSetCookie(), ...back.headers.getSetCookie()]
    assert.equal(cookies.length, 3)
    for (const cookie of cookies) assert.match(cookie, /^__Host-waki_\w+=[\w-]*; Path=\/; HttpOnly; SameSite=Lax; Secure; Max-Age=\d+$/)

    assert.equal((await visitor.post('/me/visibility', { visibility: 'public' })).headers.get('location'), '/me?done=visibility')
    const { json } = await local.get('com.atproto.repo.getRecord', { repo: did, collection: nsid.profile, rkey: 'self' })
    assert.equal(at(json, 'value')['statementVisibility'], 'public')
    assert.equal(at(parseJson(await keep.get('grant', did)), 'authMethod')['method'], 'private_key_jwt')
    await visitor.post('/sign-out', {})
    assert.equal(await keep.get('grant', did), undefined)
    const said = JSON.stringify(lines)
    for (const secret of ['Bearer', 'DPoP', 'eyJ', String(params.get('code')), did, handle])
      assert.equal(said.includes(secret), false, secret)
  },
)
