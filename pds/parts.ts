// The parts of a PDS, made and joined in the order in which they need one another. Only pds.ts knows this file.

import { existsSync } from 'node:fs'
import { createDidResolver } from '../atproto/resolve-did.ts'
import { createHandleResolver } from '../atproto/resolve-handle.ts'
import { createIdentityCache } from '../atproto/identity-cache.ts'
import { parseDid } from '../atproto/did.ts'
import type { Clock } from '../server/clock.ts'
import { openEventLog } from '../server/event-log.ts'
import type { Log } from '../server/log.ts'
import { createSafeFetch } from '../server/safe-fetch.ts'
import { readOrCreateSecrets, readSecrets, type Secrets } from '../server/secret-file.ts'
import { openDatabase } from '../server/sqlite.ts'
import { createAccounts } from './accounts/accounts.ts'
import { createAccountStatus } from './accounts/account-status.ts'
import { didOfServer } from './accounts/did-document-json.ts'
import { createDeleteAccount } from './accounts/delete-account.ts'
import { createDirectory } from './accounts/directory.ts'
import { createHandleRules } from './accounts/handle-rules.ts'
import { createIdentityChanges } from './accounts/identity-changes.ts'
import { createInvites } from './accounts/invites.ts'
import { resolveOurHandlesFirst } from './accounts/local-handles.ts'
import { createRepoCounts } from './accounts/repo-counts.ts'
import { createReservations } from './accounts/reservations.ts'
import { createReservedKeys } from './accounts/reserved-keys.ts'
import { loadRotationKey } from './accounts/rotation-key.ts'
import { keysFor, readOrCreateAdminPassword, sealerOf } from './accounts/secret.ts'
import { createAppPasswords } from './auth/app-passwords.ts'
import { createAttempts } from './auth/attempts.ts'
import { createAuth } from './auth/caller.ts'
import { createProveDid } from './auth/prove-did.ts'
import { createSessions } from './auth/sessions.ts'
import { createTokens } from './auth/tokens.ts'
import { createBlobs } from './blobs/blobs.ts'
import { BLOB_MAX_BYTES } from './blobs/limits.ts'
import { filesOf, type PdsConfig } from './config.ts'
import { openLexicons } from './lexicons/open-lexicons.ts'
import { createEndGrants } from './oauth/end-grants.ts'
import { createLazyServer, type LazyServer } from './oauth/lazy-server.ts'
import { PROXY_MAX_BYTES, PROXY_TIMEOUT_MS } from './proxy/limits.ts'
import { createRepos } from './repo/repos.ts'
import { schema } from './schema/schema.ts'
import { createSequencer } from './sequencer.ts'
import { createSessionAnswer } from './xrpc/server-session-answer.ts'

/** Frames of the newest events kept in memory for all subscribers together. */
const WINDOW_BYTES = 16_000_000
const FETCH_MAX_BYTES = 1_000_000
const FETCH_TIMEOUT_MS = 10_000

export type Parts = ReturnType<typeof openParts>

/** `url` is this server's own address. Opens pds.sqlite and the secret; everything else is built on them. */
export const openParts = (config: PdsConfig, url: string, clock: Clock, log: Log, givenFetch?: typeof globalThis.fetch) => {
  const files = filesOf(config)
  // A database was sealed under a secret: a new one would open nothing of it.
  const secrets = existsSync(files.database) ? readSecrets(files.secret) : readOrCreateSecrets(files.secret)
  const base = openBase(config, url, clock, log, secrets, givenFetch)
  const resolveLexicon = openLexicons(base, config.lexiconAuthorities ?? {})
  const deeds = openDeeds(base, config)
  const sessions = openSessions(base, secrets)
  const [tokenKey] = keysFor(secrets, 'sign oauth tokens')
  const oauth = createLazyServer(() => ({ ...base, ...deeds, ...sessions, resolveLexicon, issuer: url, tokenKey }))
  return { ...base, resolveLexicon, oauth, ...deeds, ...sessions, ...openAuth({ ...base, ...sessions, oauth }, config) }
}

type Base = ReturnType<typeof openBase>

const openBase = (config: PdsConfig, url: string, clock: Clock, log: Log, secrets: Secrets, givenFetch?: typeof globalThis.fetch) => {
  const files = filesOf(config)
  const allowLoopback = config.allowLoopback ?? false
  const fetch = givenFetch ?? createSafeFetch({ allowLoopback, maxBytes: FETCH_MAX_BYTES, timeoutMs: FETCH_TIMEOUT_MS })
  const db = openDatabase(files.database, schema)
  const sealer = sealerOf(secrets)
  const rotationKey = loadRotationKey(db, sealer)
  const accounts = createAccounts(db, sealer)
  const events = openEventLog(db, { firstSeq: clock.realMs() * 1000, windowBytes: WINDOW_BYTES })
  const sequencer = createSequencer({ db, events, clock })
  const repos = createRepos({
    db,
    sequencer,
    clock,
    keyOf: (did) => accounts.keyOf(did),
    isActive: (did) => accounts.isActive(did),
    mark: (event) => log.debug(event),
  })
  const blobs = createBlobs({ db, dir: files.blobDir, clock, maxBytes: BLOB_MAX_BYTES })
  const remoteHandles = createHandleResolver({ fetch, handleHosts: config.handleHosts ?? {}, allowLoopback })
  const resolveHandle = resolveOurHandlesFirst(config.handleDomains, accounts, remoteHandles)
  const identities = createIdentityCache({
    resolveDid: createDidResolver({ fetch, plcUrl: config.plcUrl, allowLoopback }),
    resolveHandle,
    nowMs: () => clock.realMs(),
  })
  return {
    db,
    clock,
    log,
    fetch,
    proxyFetch: createSafeFetch({ allowLoopback, maxBytes: PROXY_MAX_BYTES, timeoutMs: PROXY_TIMEOUT_MS }),
    proxyRoutes: config.proxyRoutes ?? {},
    url,
    pdsUrl: url,
    sealer,
    rotationKey,
    accounts,
    events,
    sequencer,
    repos,
    blobs,
    identities,
    resolveHandle,
  }
}

const openSessions = ({ db, clock, url }: Base, secrets: Secrets) => {
  const serverDid = parseDid(didOfServer(url))
  const tokens = createTokens(keysFor(secrets, 'sign sessions')[0], serverDid)
  return {
    serverDid,
    tokens,
    sessions: createSessions(db, tokens, clock),
    appPasswords: createAppPasswords(db, clock),
    attempts: createAttempts(clock),
  }
}

type AuthBase = Base & ReturnType<typeof openSessions> & { readonly oauth: LazyServer }

const openAuth = ({ clock, accounts, identities, tokens, sessions, attempts, serverDid, oauth }: AuthBase, config: PdsConfig) => {
  const adminPassword = config.adminPassword ?? readOrCreateAdminPassword(filesOf(config).adminPassword)
  return {
    auth: createAuth({ tokens, sessions, accounts, clock, adminPassword, attempts, verifyAppToken: oauth.verifyAppToken }),
    proveDid: createProveDid({ identities, audience: serverDid, lxm: 'com.atproto.server.createAccount', clock }),
    answerSession: createSessionAnswer(identities),
  }
}

const openDeeds = (base: Base, config: PdsConfig) => {
  const { db, clock, fetch, sealer } = base
  const directory = createDirectory(config.plcUrl, fetch)
  const reservedKeys = createReservedKeys(db, sealer, clock)
  const endGrants = createEndGrants(db)
  return {
    directory,
    reservedKeys,
    handleDomains: config.handleDomains,
    inviteRequired: config.inviteRequired ?? true,
    signUp: config.signUp ?? true,
    handleRules: createHandleRules(config.handleDomains, base.resolveHandle),
    reservations: createReservations(base),
    invites: createInvites(db, clock),
    countRepo: createRepoCounts(db, base.repos.nodes),
    endGrants,
    status: createAccountStatus({ ...base, endGrants }),
    deleteAccount: createDeleteAccount({ ...base, endGrants }),
    changes: createIdentityChanges({ ...base, directory, reservedKeys }),
  }
}
