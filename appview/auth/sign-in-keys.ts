// The keys of sign-in, in one sealed file of mode 0600: the ES256 key by which this appview proves to authorization servers who it is, and the key
// that hashes names in the store. Made where the file is absent; sealed anew when the secret was rotated.

import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createOwnerFile, replaceOwnerFile } from '../../server/owner-file.ts'
import type { Sealer } from '../../server/seal.ts'
import { StartError } from '../../server/start-error.ts'

/** A private JWK with `kid`, `alg` and `key_ops`. */
export type ClientKey = Readonly<Record<string, unknown>>

export type SignInKeys = { readonly clientKeys: readonly ClientKey[]; readonly nameKey: Uint8Array }

type Stored = { readonly clientKeys: readonly ClientKey[]; readonly nameKey: string }

const LABEL = 'sign-in keys'
const NAME_KEY_BYTES = 32
const KEY_ID_BYTES = 8

/** Throws StartError when the file cannot be opened with the secrets there are. */
export const openSignInKeys = (file: string, sealer: Sealer): SignInKeys => {
  if (!existsSync(file)) createOwnerFile(file, lineOf(sealer.seal(LABEL, Buffer.from(JSON.stringify(newKeys())))))
  const sealed = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64')
  const { clientKeys, nameKey } = openStored(file, sealer, sealed)
  const renewed = sealer.renew(LABEL, sealed)
  if (renewed !== null) replaceOwnerFile(file, lineOf(renewed))
  return { clientKeys, nameKey: Buffer.from(nameKey, 'base64') }
}

/** What everybody may know of the keys, as a JWK set. */
export const publicKeysOf = ({ clientKeys }: SignInKeys): { readonly keys: readonly ClientKey[] } => ({
  keys: clientKeys.map(({ kty, crv, x, y, kid, alg }) => ({ kty, crv, x, y, kid, alg, use: 'sig' })),
})

const newKeys = (): Stored => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const key = { ...privateKey.export({ format: 'jwk' }), kid: randomBytes(KEY_ID_BYTES).toString('hex'), alg: 'ES256', key_ops: ['sign'] }
  return { clientKeys: [key], nameKey: randomBytes(NAME_KEY_BYTES).toString('base64') }
}

const openStored = (file: string, sealer: Sealer, sealed: Uint8Array): Stored => {
  try {
    return parseStored(JSON.parse(Buffer.from(sealer.open(LABEL, sealed)).toString()))
  } catch {
    throw new StartError(
      `${file} does not open with this server's secret; restore the secret from the backup, or remove ${file}: everybody is then signed out`,
    )
  }
}

const parseStored = (value: unknown): Stored => value as Stored

const lineOf = (sealed: Uint8Array): string => `${Buffer.from(sealed).toString('base64')}\n`
