// Fields of a posted form or an address, as plain bounded text. What is missing, repeated or too long is the empty text or cut.

const MOST_CHARACTERS = 4_000

export type Fields = (name: string) => string

/** `most`: a longer value is cut there. */
export const parseFields = (body: unknown, most = MOST_CHARACTERS): Fields => {
  const values: ReadonlyMap<string, unknown> = new Map(typeof body === 'object' && body !== null ? Object.entries(body) : [])
  return (name) => {
    const value = values.get(name)
    return typeof value === 'string' ? value.slice(0, most) : ''
  }
}

const LEAF = /^\d{1,15}$/

/** `?at=<leaf>`: as known at that leaf; undefined: now. */
export const parseAt = (query: unknown): number | undefined => {
  const at = parseFields(query)('at')
  return LEAF.test(at) ? Number(at) : undefined
}

/** An address of this site to go on to after sign-in; anything else leads to one's own page. */
export const parseNext = (text: string): string => (/^\/(?![/\\])[\w\-./:?=&%]*$/.test(text) ? text : '/me')
