// A DID document, and what the protocol reads from it: signing key, PDS, handle, services.
// Ids may be relative (`#atproto`) or absolute; verification methods Multikey or the two legacy forms.

import { base58btc } from 'multiformats/bases/base58'
import { parseDid } from './did.ts'
import type { Did } from './did.ts'
import { isHandle, parseHandle } from './handle.ts'
import type { Handle } from './handle.ts'
import { DID_DOCUMENT_MAX_ENTRIES } from './limits.ts'

export type VerificationMethod = { readonly id: string; readonly type: string; readonly publicKeyMultibase: string | null }
export type Service = { readonly id: string; readonly type: string; readonly serviceEndpoint: string }
/** Ids are kept as fragments, `#atproto`. Entries of other forms are left out. */
export type DidDocument = {
  readonly id: Did
  readonly alsoKnownAs: readonly string[]
  readonly verificationMethod: readonly VerificationMethod[]
  readonly service: readonly Service[]
}

export class InvalidDidDocument extends Error {
  override readonly name = 'InvalidDidDocument'
}

/** JSON value → document of `did`. Throws InvalidDidDocument when it is another's, or no document. */
export function parseDidDocument(value: unknown, did: Did): DidDocument {
  const fields = fieldsOf(value)
  if (fields === undefined) throw new InvalidDidDocument('not a JSON object')
  if (fields['id'] !== did) throw new InvalidDidDocument(`the document is of ${String(fields['id']).slice(0, 200)}`)
  return {
    id: parseDid(did),
    alsoKnownAs: entriesOf(fields['alsoKnownAs'], 'alsoKnownAs').filter((entry) => typeof entry === 'string'),
    verificationMethod: entriesOf(fields['verificationMethod'], 'verificationMethod').flatMap((entry) => parseMethod(entry, did)),
    service: entriesOf(fields['service'], 'service').flatMap((entry) => parseService(entry, did)),
  }
}

/** did:key of `#atproto`, or undefined when the document has none that the protocol accepts. The first entry counts. */
export function signingKeyOf(document: DidDocument): string | undefined {
  const method = document.verificationMethod.find((entry) => entry.id === '#atproto')
  if (method === undefined || method.publicKeyMultibase === null) return undefined
  return didKeyOf(method.type, method.publicKeyMultibase)
}

/** Origin of the PDS, like `https://pds.example`, or undefined. */
export function pdsOf(document: DidDocument): string | undefined {
  const service = document.service.find((entry) => entry.id === '#atproto_pds')
  if (service === undefined || service.type !== 'AtprotoPersonalDataServer') return undefined
  return originOf(service.serviceEndpoint)
}

/** The handle the document claims; it holds only when the handle resolves back. */
export function handleOf(document: DidDocument): Handle | undefined {
  const claim = document.alsoKnownAs
    .find((entry) => entry.startsWith('at://'))
    ?.slice('at://'.length)
    .toLowerCase()
  return claim !== undefined && isHandle(claim) ? parseHandle(claim) : undefined
}

/** Service by fragment (`#waki_appview`), with or without the `#`. */
export function serviceOf(document: DidDocument, id: string): Service | undefined {
  const fragment = id.startsWith('#') ? id : `#${id}`
  return document.service.find((entry) => entry.id === fragment)
}

type Fields = { readonly [name: string]: unknown }

function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined
}

function entriesOf(value: unknown, what: string): readonly unknown[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw new InvalidDidDocument(`${what} is not a list`)
  if (value.length > DID_DOCUMENT_MAX_ENTRIES) throw new InvalidDidDocument(`${what} has ${value.length} entries`)
  return value
}

/** `#x`, `did:…#x` → `#x`; an id under another DID is nobody's. */
function fragmentOf(id: unknown, did: Did): string | undefined {
  if (typeof id !== 'string') return undefined
  if (id.startsWith('#')) return id
  return id.startsWith(`${did}#`) ? id.slice(did.length) : undefined
}

function parseMethod(value: unknown, did: Did): VerificationMethod[] {
  const fields = fieldsOf(value)
  const id = fragmentOf(fields?.['id'], did)
  const type = fields?.['type']
  const controller = fields?.['controller']
  if (id === undefined || typeof type !== 'string' || (controller !== undefined && controller !== did)) return []
  const key = fields?.['publicKeyMultibase']
  return [{ id, type, publicKeyMultibase: typeof key === 'string' ? key : null }]
}

function parseService(value: unknown, did: Did): Service[] {
  const fields = fieldsOf(value)
  const id = fragmentOf(fields?.['id'], did)
  const type = fields?.['type']
  const serviceEndpoint = fields?.['serviceEndpoint']
  return id !== undefined && typeof type === 'string' && typeof serviceEndpoint === 'string' ? [{ id, type, serviceEndpoint }] : []
}

function originOf(endpoint: string): string | undefined {
  if (!URL.canParse(endpoint)) return undefined
  const url = new URL(endpoint)
  const bare =
    (url.protocol === 'https:' || url.protocol === 'http:') &&
    url.username === '' &&
    url.password === '' &&
    url.search === '' &&
    url.hash === ''
  return bare && url.pathname === '/' ? url.origin : undefined
}

/** Multicodec prefixes of compressed public keys, and lengths in bytes. */
const K256_PREFIX = [0xe7, 0x01]
const P256_PREFIX = [0x80, 0x24]
const COMPRESSED_BYTES = 33
const UNCOMPRESSED_BYTES = 65

function didKeyOf(type: string, multibase: string): string | undefined {
  if (!multibase.startsWith('z') || multibase.length > 200) return undefined
  let bytes: Uint8Array
  try {
    bytes = base58btc.decode(multibase)
  } catch {
    return undefined
  }
  if (type === 'Multikey') return isMultikey(bytes) ? `did:key:${multibase}` : undefined
  const prefix =
    type === 'EcdsaSecp256k1VerificationKey2019' ? K256_PREFIX : type === 'EcdsaSecp256r1VerificationKey2019' ? P256_PREFIX : undefined
  const point = prefix && compressPoint(bytes)
  return prefix && point && `did:key:${base58btc.encode(Uint8Array.from([...prefix, ...point]))}`
}

function isMultikey(bytes: Uint8Array): boolean {
  const known = [K256_PREFIX, P256_PREFIX].some(([first, second]) => bytes[0] === first && bytes[1] === second)
  return known && bytes.length === 2 + COMPRESSED_BYTES && (bytes[2] === 2 || bytes[2] === 3)
}

/** The legacy forms carry the bare point, most often uncompressed. */
function compressPoint(point: Uint8Array): Uint8Array | undefined {
  if (point.length === COMPRESSED_BYTES && (point[0] === 2 || point[0] === 3)) return point
  const last = point[UNCOMPRESSED_BYTES - 1]
  if (point.length !== UNCOMPRESSED_BYTES || point[0] !== 4 || last === undefined) return undefined
  return Uint8Array.from([2 + (last & 1), ...point.subarray(1, COMPRESSED_BYTES)])
}
