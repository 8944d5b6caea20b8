// DID → document, for did:plc by a directory and for did:web by https (http on localhost, where loopback is allowed).
// Bounded in bytes and time. Does not guard against private addresses: that is the work of the `fetch` passed in.

import { hash } from 'node:crypto'
import { cidForCbor } from './cid.ts'
import { encodeData, jsonToData } from './data-model.ts'
import { parseDidDocument, signingKeyOf } from './did-document.ts'
import type { DidDocument } from './did-document.ts'
import { isDidPlc } from './did.ts'
import type { Did } from './did.ts'
import { isHandle } from './handle.ts'
import { DID_DOCUMENT_MAX_BYTES, IDENTITY_TIMEOUT_MS } from './limits.ts'
import { documentOfOperation } from './plc-document.ts'
import { readBody } from './read-body.ts'

/** What a key is believed on: the directory's latest operation, or the document's bytes (sha-256 in hex). */
export type IdentityEvidence = { readonly kind: 'plc'; readonly operationCid: string } | { readonly kind: 'web'; readonly sha256: string }
/** `evidence` is null for did:plc: it costs a second request, asked for by `evidenceOf`. */
export type ResolvedDid = { readonly document: DidDocument; readonly evidence: IdentityEvidence | null }
/** Key and evidence from one and the same answer. */
export type KeyEvidence = { readonly signingKey: string | null; readonly evidence: IdentityEvidence }

export type DidFailure = 'unsupported' | 'not-found' | 'deactivated' | 'malformed' | 'unreachable'

/** A DID that gave no document. Only 'unreachable' may pass by itself. */
export class UnresolvedDid extends Error {
  override readonly name = 'UnresolvedDid'
  readonly code: DidFailure
  constructor(code: DidFailure, detail: string, options?: ErrorOptions) {
    super(detail, options)
    this.code = code
  }
}

export type DidResolver = {
  (did: Did, signal?: AbortSignal): Promise<ResolvedDid>
  readonly evidenceOf: (did: Did, signal?: AbortSignal) => Promise<KeyEvidence>
}

export type DidResolverOptions = {
  readonly fetch: typeof fetch
  /** Origin of the directory, like `https://plc.directory`. */
  readonly plcUrl: string
  readonly allowLoopback?: boolean
  readonly timeoutMs?: number
}

export function createDidResolver(options: DidResolverOptions): DidResolver {
  const resolve = (did: Did, signal?: AbortSignal): Promise<ResolvedDid> => {
    if (did.startsWith('did:plc:')) return resolvePlc(options, did, signal)
    if (did.startsWith('did:web:')) return resolveWeb(options, did, signal)
    return Promise.reject(new UnresolvedDid('unsupported', `${did} is neither did:plc nor did:web`))
  }
  const evidenceOf = async (did: Did, signal?: AbortSignal): Promise<KeyEvidence> => {
    if (did.startsWith('did:plc:')) return plcEvidence(options, did, signal)
    const { document, evidence } = await resolve(did, signal)
    if (evidence === null) throw new UnresolvedDid('unsupported', `${did} has no evidence`)
    return { signingKey: signingKeyOf(document) ?? null, evidence }
  }
  return Object.assign(resolve, { evidenceOf })
}

async function resolvePlc(options: DidResolverOptions, did: Did, signal: AbortSignal | undefined): Promise<ResolvedDid> {
  const bytes = await getJson(options, plcAddress(options, did, ''), 'application/did+ld+json, application/json', signal)
  return { document: documentIn(bytes, did), evidence: null }
}

/** The latest operation names the key itself, so that key and evidence cannot come from two states of the directory. */
async function plcEvidence(options: DidResolverOptions, did: Did, signal: AbortSignal | undefined): Promise<KeyEvidence> {
  const operation = parseJson(await getJson(options, plcAddress(options, did, '/log/last'), 'application/json', signal))
  let document: DidDocument
  let operationCid: string
  try {
    document = documentOfOperation(did, operation)
    operationCid = cidForCbor(encodeData(jsonToData(operation))).toString()
  } catch (error) {
    throw new UnresolvedDid('malformed', `${did}: its latest operation cannot be read`, { cause: error })
  }
  return { signingKey: signingKeyOf(document) ?? null, evidence: { kind: 'plc', operationCid } }
}

function plcAddress(options: DidResolverOptions, did: string, rest: string): URL {
  if (!isDidPlc(did)) throw new UnresolvedDid('unsupported', `${did} is no did:plc`)
  return new URL(`/${did}${rest}`, options.plcUrl)
}

async function resolveWeb(options: DidResolverOptions, did: Did, signal: AbortSignal | undefined): Promise<ResolvedDid> {
  const bytes = await getJson(options, webAddress(did, options.allowLoopback ?? false), 'application/did+json, application/json', signal)
  return { document: documentIn(bytes, did), evidence: { kind: 'web', sha256: hash('sha256', bytes, 'hex') } }
}

/** https://atproto.com/specs/did : a hostname without a path; a port only with localhost. */
function webAddress(did: Did, allowLoopback: boolean): URL {
  const host = did.slice('did:web:'.length)
  const local = /^localhost(?:%3A(\d{1,5}))?$/i.exec(host)
  if (local !== null) {
    const port = Number(local[1] ?? 80)
    if (!allowLoopback || port > 65_535) throw new UnresolvedDid('unsupported', `${did}: localhost is not allowed here`)
    return new URL(`http://localhost:${port}/.well-known/did.json`)
  }
  if (!isHandle(host)) throw new UnresolvedDid('unsupported', `${did} names no bare hostname`)
  return new URL(`https://${host}/.well-known/did.json`)
}

async function getJson(options: DidResolverOptions, url: URL, accept: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const timeout = AbortSignal.timeout(options.timeoutMs ?? IDENTITY_TIMEOUT_MS)
  const until = signal === undefined ? timeout : AbortSignal.any([signal, timeout])
  try {
    const response = await options.fetch(url, { headers: { accept }, redirect: 'error', signal: until })
    if (response.ok) return await readBody(response, DID_DOCUMENT_MAX_BYTES)
    await response.body?.cancel()
    if (response.status === 404) throw new UnresolvedDid('not-found', `${url.href} answers 404`)
    if (response.status === 410) throw new UnresolvedDid('deactivated', `${url.href} answers 410`)
    throw new UnresolvedDid('unreachable', `${url.href} answers ${response.status}`)
  } catch (error) {
    if (error instanceof UnresolvedDid) throw error
    throw new UnresolvedDid('unreachable', `${url.href} gave no answer within its limits`, { cause: error })
  }
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw new UnresolvedDid('malformed', 'the answer is not JSON', { cause: error })
  }
}

function documentIn(bytes: Uint8Array, did: Did): DidDocument {
  const value = parseJson(bytes)
  try {
    return parseDidDocument(value, did)
  } catch (error) {
    throw new UnresolvedDid('malformed', `${did}: the document cannot be read`, { cause: error })
  }
}
