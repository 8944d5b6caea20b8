// What a person gives when joining, checked once: password and e-mail address.

import { invalidRequest, XrpcError } from '../../server/xrpc-error.ts'
import { PASSWORD_MAX_CHARS, PASSWORD_MIN_CHARS } from './password.ts'

const EMAIL_MAX_CHARS = 320
const EMAIL = /^[^\s@<>"]+@[^\s@<>".]+(\.[^\s@<>".]+)+$/

/** Throws XrpcError InvalidPassword. */
export const parseNewPassword = (password: string | undefined): string => {
  if (password === undefined || password.length < PASSWORD_MIN_CHARS || password.length > PASSWORD_MAX_CHARS)
    throw new XrpcError(400, 'InvalidPassword', `A password has ${PASSWORD_MIN_CHARS} to ${PASSWORD_MAX_CHARS} characters`)
  return password
}

/** Lower case; null when none is given. Throws XrpcError InvalidRequest for what is no address. */
export const parseEmail = (email: string | undefined): string | null => {
  if (email === undefined || email === '') return null
  if (email.length > EMAIL_MAX_CHARS || !EMAIL.test(email))
    throw invalidRequest('This email address is not supported, please use a different email')
  return email.toLowerCase()
}
