// A file that a server gives, straight onto the disk: whole or not at all, for its owner alone.

import { createWriteStream, renameSync, rmSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { XrpcRefused } from '../xrpc-client.ts'

const OWNER_ONLY = 0o600

/** Unpacks it where the file's name does not end in .gz. Throws XrpcRefused with the server's error name and sentence. */
export const fetchPackedFile = async (url: string, token: string | null, out: string): Promise<void> => {
  const response = await reach(url, token)
  if (!response.ok || response.body === null) throw await refusalOf(response)
  const next = `${out}.next`
  try {
    const file = createWriteStream(next, { mode: OWNER_ONLY })
    await (out.endsWith('.gz')
      ? pipeline(Readable.from(response.body), file)
      : pipeline(Readable.from(response.body), createGunzip(), file))
    renameSync(next, out)
  } catch (error) {
    throw new XrpcRefused(
      502,
      'CutShort',
      `what ${new URL(url).host} gave broke off: ${error instanceof Error ? error.message : String(error)}`,
    )
  } finally {
    rmSync(next, { force: true })
  }
}

const reach = async (url: string, token: string | null): Promise<Response> => {
  try {
    return await fetch(url, token === null ? {} : { headers: { authorization: `Bearer ${token}` } })
  } catch (error) {
    const why = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error)
    throw new XrpcRefused(503, 'Unreachable', `${new URL(url).host} does not answer (${why})`)
  }
}

const refusalOf = async (response: Response): Promise<XrpcRefused> => {
  const body: unknown = await response.json().catch(() => null)
  const fields = typeof body === 'object' && body !== null ? (body as Readonly<Record<string, unknown>>) : {}
  const { error, message } = fields
  const wait = response.headers.get('retry-after')
  const sentence = typeof message === 'string' ? message : `the server answers ${response.status}`
  return new XrpcRefused(
    response.status,
    typeof error === 'string' ? error : 'UpstreamFailure',
    wait === null ? sentence : `${sentence} (in ${wait} s)`,
  )
}
