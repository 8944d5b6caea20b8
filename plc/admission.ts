// What the directory asks of a new operation beyond form and chain, stricter than what old logs hold.
// Checks, in order: size; rotation keys (1–5, distinct, of our two curves, on the curve); verification methods (any did:key); names; texts.

import { InvalidKey, parseDidKey } from '../atproto/keys.ts'
import { bytesOfOperation } from '../atproto/plc-operation.ts'
import type { AnyOperation, SignedOperation } from '../atproto/plc-operation.ts'
import { DID_KEY_MAX_LENGTH, ENTRIES_MAX, NAME_MAX_LENGTH, OPERATION_MAX_BYTES, ROTATION_KEYS_MAX, TEXT_MAX_LENGTH } from './limits.ts'

const DID_KEY = /^did:key:z[1-9A-HJ-NP-Za-km-z]{20,}$/
const NAME = /^[A-Za-z0-9._~-]+$/

/** A sentence that says what is wrong, or undefined. */
export const whatIsWrong = (operation: AnyOperation): string | undefined => {
  const sizeBytes = bytesOfOperation(operation).length
  if (sizeBytes > OPERATION_MAX_BYTES) return `The operation is ${sizeBytes} bytes long, more than ${OPERATION_MAX_BYTES}`
  if (operation.type === 'plc_tombstone') return undefined
  if (operation.type === 'create') return wrongRotationKeys([operation.recoveryKey, operation.signingKey])
  return wrongRotationKeys(operation.rotationKeys) ?? wrongMethods(operation) ?? wrongServices(operation) ?? wrongNames(operation)
}

const wrongRotationKeys = (keys: readonly string[]): string | undefined => {
  if (keys.length === 0) return 'At least one rotation key is needed: without one nobody could ever change this DID'
  if (keys.length > ROTATION_KEYS_MAX) return `There are ${keys.length} rotation keys, more than ${ROTATION_KEYS_MAX}`
  if (new Set(keys).size !== keys.length) return 'A rotation key is named twice'
  const wrong = keys.find((key) => !isUsableKey(key))
  return wrong === undefined ? undefined : `Rotation key ${wrong.slice(0, DID_KEY_MAX_LENGTH)} is no did:key of secp256k1 or P-256`
}

const isUsableKey = (key: string): boolean => {
  try {
    parseDidKey(key)
    return true
  } catch (error) {
    if (error instanceof InvalidKey) return false
    throw error
  }
}

const wrongMethods = ({ verificationMethods }: SignedOperation): string | undefined => {
  const methods = Object.entries(verificationMethods)
  if (methods.length > ENTRIES_MAX) return `There are ${methods.length} verification methods, more than ${ENTRIES_MAX}`
  const wrong = methods.find(([name, key]) => !isName(name) || key.length > DID_KEY_MAX_LENGTH || !DID_KEY.test(key))
  return wrong === undefined ? undefined : `Verification method ${wrong[0].slice(0, NAME_MAX_LENGTH)} has no fit name or is no did:key`
}

const wrongServices = ({ services }: SignedOperation): string | undefined => {
  const named = Object.entries(services)
  if (named.length > ENTRIES_MAX) return `There are ${named.length} services, more than ${ENTRIES_MAX}`
  const wrong = named.find(([name, { type, endpoint }]) => !isName(name) || !isText(type) || !isText(endpoint))
  return wrong === undefined
    ? undefined
    : `Service ${wrong[0].slice(0, NAME_MAX_LENGTH)} has no fit name, or an empty or overlong type or endpoint`
}

const wrongNames = ({ alsoKnownAs }: SignedOperation): string | undefined => {
  if (alsoKnownAs.length > ENTRIES_MAX) return `There are ${alsoKnownAs.length} other names, more than ${ENTRIES_MAX}`
  if (new Set(alsoKnownAs).size !== alsoKnownAs.length) return 'A name in alsoKnownAs stands there twice'
  return alsoKnownAs.every(isText) ? undefined : 'A name in alsoKnownAs is empty or too long'
}

const isName = (name: string): boolean => name.length <= NAME_MAX_LENGTH && NAME.test(name)
const isText = (text: string): boolean => text.length > 0 && text.length <= TEXT_MAX_LENGTH
