// From what a caller names (a DID, a handle's DID, or an entity key) to the entity as the books know it.

import { entityOf } from '../journal/residence.ts'
import type { QueryDeps } from './deps.ts'
import { readDoc } from './deps.ts'

const KEY = /^[POMXC]:/

/** The entity key; for a DID P: or O: as it is registered, M: for a town of the roster. */
export const entityKey = async (deps: QueryDeps, named: string): Promise<string> => {
  if (KEY.test(named)) return named
  const town = deps.roster().find(({ did }) => did === named)
  return town === undefined ? entityOf(named, await readDoc(deps.books, 'hosts', `hosts:${named}`)) : `M:${town.code}`
}
