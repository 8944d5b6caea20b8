// Calls of an account's own PDS by XRPC, as any app would make them.

import { PDS_TIMEOUT_MS } from './limits.ts'

export type Fields = Readonly<Record<string, unknown>>

/** The PDS said no: its HTTP status, error name and sentence. */
export class PdsRefused extends Error {
  override readonly name = 'PdsRefused'
  readonly status: number
  readonly error: string
  constructor(status: number, error: string, message: string) {
    super(message)
    this.status = status
    this.error = error
  }
}

/** Calls a procedure. Throws PdsRefused for an answer that is an error, the socket's error when there is none. */
export const callPds = async (
  get: typeof fetch,
  pds: string,
  nsid: string,
  input: Fields | null,
  token: string | null,
): Promise<Fields> => {
  const response = await get(new URL(`/xrpc/${nsid}`, pds), {
    method: 'POST',
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(input === null ? {} : { 'content-type': 'application/json' }),
    },
    ...(input === null ? {} : { body: JSON.stringify(input) }),
    signal: AbortSignal.timeout(PDS_TIMEOUT_MS),
  })
  return answerOf(nsid, response)
}

/** The body of an answer. Throws PdsRefused for one that is an error. */
export const answerOf = async (nsid: string, response: Response): Promise<Fields> => {
  const body = parseAnswer(await response.text())
  if (response.ok) return body
  throw new PdsRefused(
    response.status,
    textOf(body, 'error') ?? 'UpstreamFailure',
    textOf(body, 'message') ?? `${nsid} answers ${response.status}`,
  )
}

const parseAnswer = (text: string): Fields => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Fields) : {}
  } catch {
    return {}
  }
}

export const textOf = (fields: Fields, name: string): string | null => {
  const value = fields[name]
  return typeof value === 'string' ? value : null
}

/** A field the PDS must give. Throws PdsRefused when it does not. */
export const neededText = (fields: Fields, name: string): string => {
  const value = textOf(fields, name)
  if (value === null) throw new PdsRefused(502, 'UpstreamFailure', `the answer has no ${name}`)
  return value
}
