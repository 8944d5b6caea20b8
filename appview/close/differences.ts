// Where a signed statement and the one made of the books differ: line by line, by the path of each line in the statement.

import { canonicalJson } from '../statements/canonical-json.ts'

/** Both as canonical JSON; null where there is no such line. */
export type Difference = { readonly line: string; readonly signed: string | null; readonly made: string | null }

export const MOST_DIFFERENCES = 20

/** All of them, in the order of the signed statement's lines. */
export const differencesBetween = (signed: unknown, made: unknown): readonly Difference[] => {
  const [theirs, ours] = [valuesOf(signed ?? {}), valuesOf(made ?? {})]
  return [...new Set([...theirs.keys(), ...ours.keys()])]
    .filter((line) => theirs.get(line) !== ours.get(line))
    .map((line) => ({ line, signed: theirs.get(line) ?? null, made: ours.get(line) ?? null }))
}

export const differenceText = ({ line, signed, made }: Difference): string => {
  const told = (value: string | null): string => (value === null ? `${line} (nothing)` : `${line} = ${value}`)
  return `signed: ${told(signed)}; from the intake: ${told(made)}`
}

/** Values by their paths, in the order of their canonical JSON. */
const valuesOf = (value: unknown): ReadonlyMap<string, string> => new Map(pathsOf(value, ''))

const pathsOf = (value: unknown, path: string): [string, string][] => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, canonicalJson(value)]]
  return Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, inner]) => pathsOf(inner, path === '' ? name : `${path}.${name}`))
}
