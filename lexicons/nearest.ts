// Which known word somebody meant who typed another: few slips of the keys away, whatever its capitals, hyphens and underscores.

const LETTERS_PER_SLIP = 3

/** Undefined where none is near. */
export const nearest = (typed: string, known: readonly string[]): string | undefined => {
  const word = plain(typed)
  const [best] = known
    .map((name) => ({ name, slips: slipsBetween(word, plain(name)) }))
    .filter(({ name, slips }) => slips <= Math.max(1, Math.floor(name.length / LETTERS_PER_SLIP)))
    .toSorted((a, b) => a.slips - b.slips)
  return best?.name
}

/** What is not known with what was meant, where that can be told: `minuts → minutes?`. */
export const didYouMean = (typed: string, known: readonly string[]): string => {
  const meant = nearest(typed, known)
  return meant === undefined ? typed : `${typed} → ${meant}?`
}

const MOST = 64
const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[-_\s]/g, '')
    .slice(0, MOST)

/** Letters left out, put in, or another, and neighbours changed about. */
const slipsBetween = (a: string, b: string): number => {
  let before: readonly number[] = []
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a[i - 1] === b[j - 1]
      const isSwapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const swapped = isSwapped ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY
      row.push(Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (isSame ? 0 : 1), swapped))
    }
    before = last
    last = row
  }
  return last[b.length] ?? 0
}
