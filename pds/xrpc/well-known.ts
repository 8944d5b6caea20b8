// What others ask by plain HTTP: whose DID a handle is (the Host header names the handle), this server's own DID document, who authorizes apps here.

import { Router } from 'express'
import type { Accounts } from '../accounts/accounts.ts'
import { serverDocumentJson } from '../accounts/did-document-json.ts'
import { protectedResourceJson } from '../oauth/protected-resource.ts'
import { ATPROTO_DID_PATH } from './handle-host.ts'

export const wellKnownRouter = ({ accounts, serverDid, url }: { accounts: Accounts; serverDid: string; url: string }): Router => {
  const router = Router({ caseSensitive: true, strict: true })
  router.get(ATPROTO_DID_PATH, (req, res) => {
    const account = accounts.byHandle((req.headers.host ?? '').replace(/:\d+$/, ''))
    res.set('Access-Control-Allow-Origin', '*').type('text/plain')
    if (account === undefined || account.status === 'takendown') return void res.status(404).send('User not found')
    res.send(account.did)
  })
  router.get('/.well-known/did.json', (_req, res) => {
    res.set('Access-Control-Allow-Origin', '*').json(serverDocumentJson(serverDid, url))
  })
  router.get('/.well-known/oauth-protected-resource', (_req, res) => {
    res.set('Access-Control-Allow-Origin', '*').json(protectedResourceJson(url))
  })
  router.get('/robots.txt', (_req, res) => void res.type('text/plain').send('User-agent: *\nAllow: /\n'))
  return router
}
