// By what every appview of a store knows that it has the store's secret and sign-in keys: a value kept in the store, sealed under the secret, that only these
// keys make. It is sealed anew with all else that sign-in keeps, so that a rotation leaves it true.

import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Sealer } from '../../server/seal.ts'
import { StartError } from '../../server/start-error.ts'
import type { SignInWork } from '../store/kept.ts'
import { labelOf } from './keep.ts'

const NAME = 'secret'
const FOR_EVER = Number.MAX_SAFE_INTEGER

type PrintWork = Pick<SignInWork, 'keep' | 'kept'>

export type KnownPrint = {
  /** Throws StartError for sign-in keys that are not those of the store. The first of all appviews leaves its own there. */
  check(keysFile: string, nameKey: Uint8Array): Promise<void>
}

/** Throws StartError where the secret is another than the store's. */
export const readPrint = async (work: PrintWork, sealer: Sealer, secretFile: string): Promise<KnownPrint> => {
  const read = async (): Promise<Uint8Array | null> => {
    const kept = await work.kept('print', NAME, 0)
    return kept === null ? null : openedWith(sealer, kept.sealed, secretFile)
  }
  const known = await read()
  return {
    check: async (keysFile, nameKey) => {
      const print = createHmac('sha256', nameKey).update('this store').digest()
      if (known === null) {
        await work.keep({ kind: 'print', name: NAME, owner: NAME, sealed: sealer.seal(LABEL, print), expiresMs: FOR_EVER })
        // Of two that begin at once the later one's stands.
        return checkSame(await read(), print, keysFile)
      }
      checkSame(known, print, keysFile)
    },
  }
}

const LABEL = labelOf('print', NAME)

const openedWith = (sealer: Sealer, sealed: Uint8Array, secretFile: string): Uint8Array => {
  try {
    return sealer.open(LABEL, sealed)
  } catch {
    throw new StartError(`${secretFile} is not the secret of this store: ${REMEDY}`)
  }
}

const checkSame = (known: Uint8Array | null, print: Uint8Array, keysFile: string): void => {
  if (known === null || known.length !== print.length || !timingSafeEqual(known, print))
    throw new StartError(`${keysFile} holds other keys than the store's sign-in was kept with: ${REMEDY}`)
}

const REMEDY =
  'copy secret and sign-in-keys from another appview of these books, or from the backup; where they are lost, `npx waki store sign-out` signs everybody out and lets new ones begin'
