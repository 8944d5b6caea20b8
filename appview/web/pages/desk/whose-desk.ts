// At whose desk somebody works, and where its pages are.

import type { DeskOperations } from '../../../desk/operations.ts'
import type { Roster } from '../../../journal/model.ts'

type Deps = { readonly desks: DeskOperations; readonly roster: () => Roster }

/** Towns at whose desk this person works, by code. */
export const desksOf = async ({ desks, roster }: Deps, did: string): Promise<readonly string[]> => {
  const codes = roster().map(({ code }) => code)
  const held = await Promise.all(codes.map((town) => desks.held({ did, town })))
  return codes.filter((_, i) => (held[i] ?? []).length > 0)
}

/** The address of a page of a town's desk. */
export const deskPath = (town: string, rest = ''): string => `/desk/${town}${rest}`
