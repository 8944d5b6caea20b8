// All doors of the relay on one express app. Every answer says what kind of server gives it, so that no other relay follows this one.

import type { Express } from 'express'
import { catalog } from '../../lexicons/catalog.ts'
import type { Log } from '../../server/log.ts'
import type { Metrics } from '../../server/metrics.ts'
import { xrpcRouter } from '../../server/xrpc.ts'
import type { AccountTable } from '../ingest/account-table.ts'
import type { LeafTable } from '../origin/leaf-table.ts'
import type { Origin } from '../origin/origin.ts'
import type { ReceiveTime } from '../origin/receive-time.ts'
import { hostMethods } from './host-methods.ts'
import type { HostMethodsParts } from './host-methods.ts'
import { logRoutes } from './log-routes.ts'
import { repoMethods } from './repo-methods.ts'

const SERVER_NAME = 'waki-relay'

export type DoorParts = HostMethodsParts & {
  readonly url: string
  readonly origin: Origin
  readonly leaves: LeafTable
  readonly accounts: AccountTable
  readonly receiveTime: ReceiveTime
  readonly log: Log
  readonly metrics: Metrics
}

export const mountRelay = (app: Express, parts: DoorParts): void => {
  const { url, origin, leaves, accounts, hosts, receiveTime, log, metrics } = parts
  app.use((_req, res, next) => {
    res.set('Server', SERVER_NAME)
    next()
  })
  app.use(xrpcRouter({ catalog, methods: { ...hostMethods(parts), ...repoMethods(accounts, hosts) }, log, metrics }))
  app.use(logRoutes(origin, leaves, receiveTime))
  app.get('/.well-known/did.json', (_req, res) => void res.json(documentOf(url, origin)))
  app.get('/', (_req, res) => {
    res
      .type('text/plain')
      .send(
        `This is a relay of the AT Protocol, keeping the log ${origin.name}.\nEvents: /xrpc/com.atproto.sync.subscribeRepos\nThe log: /log/origin\n`,
      )
  })
}

/** The relay as did:web, with the key of its origin. */
const documentOf = (url: string, origin: Origin) => {
  const id = `did:web:${new URL(url).host.replace(':', '%3A')}`
  const key = { id: `${id}#origin`, type: 'Multikey', controller: id, publicKeyMultibase: origin.key.slice('did:key:'.length) }
  return {
    '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'],
    id,
    verificationMethod: [key],
    service: [],
  }
}
