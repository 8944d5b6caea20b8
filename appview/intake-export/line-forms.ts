// Of which kind each field of a line of an exported intake is, so that whatever reads the line further finds what the format says. What its rows say is judged
// by whoever takes them.

type Fields = Readonly<Record<string, unknown>>
type Is = (value: unknown) => boolean
export type Form = Readonly<Record<string, Is>>

const isText: Is = (value) => typeof value === 'string'
const isFlag: Is = (value) => typeof value === 'boolean'
const isCount: Is = (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
const isInstant: Is = (value) => typeof value === 'string' && Number.isFinite(Date.parse(value)) && new Date(value).toISOString() === value
const isThere: Is = (value) => value !== undefined
const oneOf =
  (...words: readonly unknown[]): Is =>
  (value) =>
    words.includes(value)
const orNull =
  (is: Is): Is =>
  (value) =>
    value === null || is(value)
const optional =
  (is: Is): Is =>
  (value) =>
    value === undefined || is(value)
const listOf =
  (is: Is): Is =>
  (value) =>
    Array.isArray(value) && value.every(is)
const of =
  (form: Form): Is =>
  (value) =>
    wrongIn(value, form) === undefined

/** The first field of another kind; '' where it has no fields at all. */
export const wrongIn = (value: unknown, form: Form): string | undefined => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return ''
  const fields = value as Fields
  return Object.keys(form).find((name) => form[name]?.(fields[name]) !== true)
}

export const HEAD: Form = {
  origin: of({ name: isText, key: isText, base: isCount, created: isText }),
  roster: listOf(of({ code: isText, did: isText, fromLeaf: isCount })),
  rules: isCount,
  read: of({ leaf: isCount, instant: isInstant }),
  private: isFlag,
  view: isText,
}

/** `leaf` is that of its line. */
export const ROW: Form = {
  origin: isText,
  leaf: isCount,
  op: isCount,
  recordedAt: isInstant,
  source: oneOf('record', 'account', 'resync'),
  action: oneOf('create', 'update', 'delete'),
  repo: isText,
  collection: isText,
  rkey: isText,
  uri: isText,
  cid: orNull(isText),
  value: isThere,
  residue: optional(oneOf('emptied', 'withdrawn', 'erased')),
  named: optional(isText),
  refusal: optional(isText),
  subject: optional(isText),
  account: optional(of({ active: isFlag, status: orNull(isText) })),
}

export const LEAF: Form = {
  leaf: isCount,
  proof: orNull(of({ repo: isText, didKey: isText, evidence: isText, car: isText })),
  private: optional(listOf(of({ op: isCount, payload: isThere, salt: isText }))),
}

export const REPO_HEAD: Form = { repo: isText, rev: isText, data: isText, state: oneOf('synchronized', 'desynchronized') }
export const END: Form = { leaves: isCount, rows: isCount, withheld: optional(isCount), sha256: isText }
