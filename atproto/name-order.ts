// The canonical order of a map's keys: shorter ones first, those of one length by their bytes in UTF-8. https://dasl.ing/drisl.html

/** Below zero if `a` comes first. */
export function compareNames(a: string, b: string): number {
  if (!isAscii(a) || !isAscii(b)) return compareBytes(Buffer.from(a), Buffer.from(b))
  if (a.length !== b.length) return a.length - b.length
  return a < b ? -1 : Number(a > b)
}

const compareBytes = (a: Buffer, b: Buffer): number => (a.length === b.length ? a.compare(b) : a.length - b.length)

function isAscii(name: string): boolean {
  for (let index = 0; index < name.length; index++) if (name.charCodeAt(index) > 0x7f) return false
  return true
}
