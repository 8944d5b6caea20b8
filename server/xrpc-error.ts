// The one error that answers a caller of a method: HTTP status, the error's name as in the lexicon, a sentence, and headers such as Retry-After.
// Thrown at the doors, answered in one place (xrpc.ts). Anything else that is thrown is our bug and answers InternalServerError.

export class XrpcError extends Error {
  override readonly name = 'XrpcError'
  readonly status: number
  readonly error: string
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, error: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.status = status
    this.error = error
    this.headers = headers
  }
}

export const invalidRequest = (message: string): XrpcError => new XrpcError(400, 'InvalidRequest', message)
export const authMissing = (message = 'Authentication Required'): XrpcError => new XrpcError(401, 'AuthMissing', message)
