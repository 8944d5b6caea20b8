// Operations of did:plc v0.3: their forms, bytes, signatures and the DID they found. https://web.plc.directory/spec/v0.1/did-plc
// parse… checks form only; whether an operation may follow another is plc-chain.ts, whether a directory takes it now is plc/.

import { hash } from 'node:crypto'
import { cidForCbor } from './cid.ts'
import type { Cid } from './cid.ts'
import { encodeData } from './data-model.ts'
import { parseDid } from './did.ts'
import type { Did } from './did.ts'
import type { Keypair } from './keys.ts'
import { verifySignature } from './keys.ts'
import { InvalidOperation, OperationFields } from './plc-fields.ts'
import type { PlcService } from './plc-fields.ts'

export { InvalidOperation } from './plc-fields.ts'
export type { PlcService } from './plc-fields.ts'

export type Operation = {
  readonly type: 'plc_operation'
  /** did:key, most powerful first. */
  readonly rotationKeys: readonly string[]
  /** did:key by fragment; `atproto` signs the repo. */
  readonly verificationMethods: Readonly<Record<string, string>>
  readonly alsoKnownAs: readonly string[]
  readonly services: Readonly<Record<string, PlcService>>
  /** CID of the operation before; null for the first. */
  readonly prev: string | null
}
export type Tombstone = { readonly type: 'plc_tombstone'; readonly prev: string }
/** The form of 2022, valid as a first operation only. */
export type LegacyCreate = {
  readonly type: 'create'
  readonly signingKey: string
  readonly recoveryKey: string
  readonly handle: string
  readonly service: string
  readonly prev: null
}

/** `sig`: 64 bytes in base64url without padding. */
export type Signed<T> = T & { readonly sig: string }
export type SignedOperation = Signed<Operation>
export type AnyOperation = SignedOperation | Signed<Tombstone> | Signed<LegacyCreate>

const SIGNATURE = /^[A-Za-z0-9_-]{86}$/
const DID_LENGTH = 24

/** A signed plc_operation (not a tombstone, not a legacy create), without any other field. Throws InvalidOperation. */
export const parseOperation = (value: unknown): SignedOperation => {
  const operation = parseAnyOperation(value)
  if (operation.type !== 'plc_operation') throw new InvalidOperation(`type is ${operation.type}, not plc_operation`)
  return operation
}

/** Any of the three forms, without any other field. Throws InvalidOperation. */
export const parseAnyOperation = (value: unknown): AnyOperation => {
  const fields = new OperationFields(value)
  const sig = fields.text('sig')
  switch (fields.text('type')) {
    case 'plc_operation':
      return fields.only(['type', 'rotationKeys', 'verificationMethods', 'alsoKnownAs', 'services', 'prev', 'sig'], {
        type: 'plc_operation',
        rotationKeys: fields.texts('rotationKeys'),
        verificationMethods: fields.textsByName('verificationMethods'),
        alsoKnownAs: fields.texts('alsoKnownAs'),
        services: fields.services(),
        prev: fields.isNull('prev') ? null : fields.text('prev'),
        sig,
      })
    case 'plc_tombstone':
      return fields.only(['type', 'prev', 'sig'], { type: 'plc_tombstone', prev: fields.text('prev'), sig })
    case 'create':
      if (!fields.isNull('prev')) throw new InvalidOperation('prev of a legacy create must be null')
      return fields.only(['type', 'signingKey', 'recoveryKey', 'handle', 'service', 'prev', 'sig'], {
        type: 'create',
        signingKey: fields.text('signingKey'),
        recoveryKey: fields.text('recoveryKey'),
        handle: fields.text('handle'),
        service: fields.text('service'),
        prev: null,
        sig,
      })
    default:
      throw new InvalidOperation('type must be plc_operation or plc_tombstone')
  }
}

/** Signs with a rotation key of the operation before, or for a first one (`prev` null) of its own. */
export const createOperation = (fields: Omit<Operation, 'type'>, signer: Keypair): SignedOperation => {
  const { rotationKeys, verificationMethods, alsoKnownAs, services, prev } = fields
  return sign<Operation>({ type: 'plc_operation', rotationKeys, verificationMethods, alsoKnownAs, services, prev }, signer)
}

/** Ends a DID. */
export const createTombstone = (prev: string, signer: Keypair): Signed<Tombstone> =>
  sign<Tombstone>({ type: 'plc_tombstone', prev }, signer)

export const sign = <T extends Operation | Tombstone | LegacyCreate>(operation: T, signer: Keypair): Signed<T> => ({
  ...operation,
  sig: Buffer.from(signer.sign(encodeData(operation))).toString('base64url'),
})

/** Bytes of the signed operation: what its CID is made of. */
export const bytesOfOperation = (operation: AnyOperation): Uint8Array => encodeData(operation)

export const cidOfOperation = (operation: AnyOperation): Cid => cidForCbor(bytesOfOperation(operation))

/** The DID that this first operation founds. */
export const didOfGenesis = (operation: AnyOperation): Did =>
  parseDid(`did:plc:${toBase32(hash('sha256', bytesOfOperation(operation), 'buffer')).slice(0, DID_LENGTH)}`)

/** Which of these keys signed it, by first match; undefined when none did or the text is not exactly 64 bytes in base64url, lower-S. */
export const signerOf = (operation: AnyOperation, keys: readonly string[]): string | undefined => {
  const { sig, ...unsigned } = operation
  const signature = parseSignature(sig)
  if (signature === undefined) return undefined
  const message = encodeData(unsigned)
  return keys.find((key) => verifySignature(key, message, signature))
}

/** Keys that may sign what follows this operation, most powerful first; none after a tombstone. */
export const rotationKeysOf = (operation: AnyOperation): readonly string[] => {
  if (operation.type === 'plc_tombstone') return []
  return operation.type === 'create' ? [operation.recoveryKey, operation.signingKey] : operation.rotationKeys
}

const parseSignature = (sig: string): Uint8Array | undefined => {
  if (!SIGNATURE.test(sig)) return undefined
  const bytes = Buffer.from(sig, 'base64url')
  // The last letter carries four unused bits; only zeroes there are the one form of these bytes.
  return bytes.toString('base64url') === sig ? bytes : undefined
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'

const toBase32 = (bytes: Uint8Array): string => {
  let text = ''
  let bits = 0
  let value = 0
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff
    bits += 8
    for (; bits >= 5; bits -= 5) text += BASE32[(value >> (bits - 5)) & 31]
  }
  return text
}
