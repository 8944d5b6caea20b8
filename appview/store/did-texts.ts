// A text with something else in place of each DID. Usual DIDs are known by their length, without looking where they end.

const PREFIX = 'did:'
const USUAL = 'did:plc:'
const USUAL_LENGTH = 32
/** "did:#" as somebody wrote it is stored with one more "#". */
const DID = /did:(?:#|plc:[a-z0-9]{24}|[a-z0-9]+:[A-Za-z0-9._:%-]+)/y

/** `usual`: for what may be a did:plc, undefined where it is not known; `other`: for any DID. */
export const replaceDids = (plain: string, usual: (did: string) => string | undefined, other: (did: string) => string): string => {
  let at = plain.indexOf(PREFIX)
  if (at < 0) return plain
  let [text, from] = ['', 0]
  for (; at >= 0; at = plain.indexOf(PREFIX, Math.max(from, at + 1))) {
    const known = plain.startsWith(USUAL, at) ? usual(plain.slice(at, at + USUAL_LENGTH)) : undefined
    if (known !== undefined) {
      text += plain.slice(from, at) + known
      from = at + USUAL_LENGTH
      continue
    }
    DID.lastIndex = at
    const did = DID.exec(plain)?.[0]
    if (did === undefined) continue
    text += plain.slice(from, at) + other(did)
    from = at + did.length
  }
  return text + plain.slice(from)
}

/** The DIDs that stand in a text. */
export const didsIn = (plain: string): readonly string[] => {
  const dids: string[] = []
  replaceDids(
    plain,
    () => undefined,
    (did) => (dids.push(did), did),
  )
  return dids
}
