// Passwords as scrypt hashes, computed off the main thread, compared in constant time. The hash carries its own parameters,
// so raising them keeps old passwords good. An app password is long and random: it takes the cheap parameters.

import { randomBytes, randomInt, scrypt, timingSafeEqual } from 'node:crypto'
import { XrpcError } from '../../server/xrpc-error.ts'

export const PASSWORD_MIN_CHARS = 8
export const PASSWORD_MAX_CHARS = 256
const COST = 2 ** 14
const BLOCK_SIZE = 8
/** Passwords that may wait for a thread to check them. */
export const PASSWORDS_WAITING_MAX = 500
const SALT_BYTES = 16
const HASH_BYTES = 32
/** 16 random letters of 32 make 80 bits: guessing is hopeless at any cost. */
const APP_PASSWORD_COST = 2 ** 8
const APP_PASSWORD_LETTERS = 'abcdefghijklmnopqrstuvwxyz234567'

export const hashPassword = (password: string): Promise<string> => hashWith(password, COST)
export const hashAppPassword = (password: string): Promise<string> => hashWith(password, APP_PASSWORD_COST)

/** False for a wrong password and for a hash of another form. */
export const verifyPassword = async (password: string, stored: string): Promise<boolean> => {
  const [scheme, cost, salt, hash] = stored.split('$')
  if (scheme !== 'scrypt' || cost === undefined || salt === undefined || hash === undefined) return false
  const expected = Buffer.from(hash, 'base64url')
  const actual = await derive(password, Buffer.from(salt, 'base64url'), Number(cost))
  return expected.length === actual.length && timingSafeEqual(expected, actual)
}

/** Takes as long as a check of a real password, so that an unknown name is not told by its speed. */
export const verifyNothing = async (password: string): Promise<false> => {
  await derive(password, Buffer.alloc(SALT_BYTES), COST)
  return false
}

/** Four groups of four letters, as other PDSes give them: `abcd-efgh-ijkl-mnop`. */
export const randomAppPassword = (): string => {
  const letters = Array.from({ length: 16 }, () => APP_PASSWORD_LETTERS[randomInt(APP_PASSWORD_LETTERS.length)])
  return [0, 4, 8, 12].map((from) => letters.slice(from, from + 4).join('')).join('-')
}

const hashWith = async (password: string, cost: number): Promise<string> => {
  const salt = randomBytes(SALT_BYTES)
  const hash = await derive(password, salt, cost)
  return ['scrypt', cost, salt.toString('base64url'), hash.toString('base64url')].join('$')
}

let waiting = 0

const derive = (password: string, salt: Uint8Array, cost: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    if (waiting >= PASSWORDS_WAITING_MAX) {
      reject(new XrpcError(503, 'Overloaded', 'Too many are signing in at this moment: try again', { 'retry-after': '5' }))
      return
    }
    waiting++
    scrypt(password.normalize('NFKC'), salt, HASH_BYTES, { N: cost, r: BLOCK_SIZE, p: 1 }, (error, key) => {
      waiting--
      if (error) reject(error)
      else resolve(key)
    })
  })
