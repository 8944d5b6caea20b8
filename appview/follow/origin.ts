// What a relay says of its log at /log/origin: who it is, how long it is, and what time it is there.

import type { Origin } from '../store/store.ts'

/** `time`: the relay's civil now; no leaf after `leaves` is stamped earlier. Absent when the relay does not say. */
export type OriginAnswer = { readonly origin: Origin; readonly leaves: number | null; readonly time: string | null }

export class OriginUnavailable extends Error {
  override readonly name = 'OriginUnavailable'
}

/** Asks the relay. Throws OriginUnavailable with a sentence. */
export const fetchOrigin = async (get: typeof fetch, relayUrl: string, signal: AbortSignal): Promise<OriginAnswer> => {
  try {
    const response = await get(new URL('/log/origin', relayUrl), { signal })
    if (!response.ok) throw new OriginUnavailable(`${relayUrl}/log/origin answers ${response.status}`)
    return parseOriginAnswer(await response.json())
  } catch (error) {
    if (error instanceof OriginUnavailable || signal.aborted) throw error
    throw new OriginUnavailable(`${relayUrl}/log/origin cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

const parseOriginAnswer = (value: unknown): OriginAnswer => {
  const fields = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
  const { name, key, base, created, leaves, time } = fields
  if (
    typeof name !== 'string' ||
    typeof key !== 'string' ||
    typeof created !== 'string' ||
    typeof base !== 'number' ||
    !Number.isSafeInteger(base)
  )
    throw new OriginUnavailable('/log/origin does not say {name, key, base, created}')
  return {
    origin: { name, key, base, created },
    leaves: typeof leaves === 'number' ? leaves : null,
    time: typeof time === 'string' && !Number.isNaN(Date.parse(time)) ? new Date(time).toISOString() : null,
  }
}
