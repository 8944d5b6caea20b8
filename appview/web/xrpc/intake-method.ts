// The intake by XRPC, as it is read, packed: for anybody what its authors show, for an auditor or admin of a desk and for the town itself also what
// entries of that town stand for. What a desk takes away stands in its audit trail.

import type { Request, Response } from 'express'
import { method as nsidOf } from '../../../lexicons/authority.ts'
import { countedAddress } from '../../../server/caller-address.ts'
import type { Clock } from '../../../server/clock.ts'
import { XrpcError } from '../../../server/xrpc-error.ts'
import { method } from '../../../server/xrpc.ts'
import type { Call, Methods } from '../../../server/xrpc.ts'
import type { Caller, Callers } from '../../auth/caller.ts'
import { openDesks } from '../../desk/office.ts'
import type { DeskDeps, Desks } from '../../desk/office.ts'
import { NothingToExport, exportIntake } from '../../intake-export/export-intake.ts'
import { paced } from '../../intake-export/pace.ts'
import { packed } from '../../intake-export/packed.ts'
import { createPublicCopies } from '../../intake-export/public-copies.ts'
import { createTurnstile } from '../../intake-export/turnstile.ts'
import type { View } from '../../intake-export/view.ts'
import { deskValue } from './desk-answer.ts'

type IntakeParams = { readonly town?: string }

/** `dataDir`: where a copy for anybody is made. */
export const intakeMethods = (deps: Omit<DeskDeps, 'flush'> & { readonly dataDir: string }, callers: Callers): Methods => {
  const { books, desk, clock, dataDir } = deps
  const desks = openDesks({ ...deps, flush: () => {} })
  const turnstile = createTurnstile(clock)
  const linesFor = (view: View): AsyncIterable<Uint8Array> => packed(exportIntake({ books, desk, view }))
  const copies = createPublicCopies({ folder: dataDir, clock, make: () => linesFor({ of: 'public' }) })
  return {
    [nsidOf.exportIntake]: method({
      auth: (req: Request) => callers.of(req, nsidOf.exportIntake),
      handle: async ({ params: { town }, auth, req, res }: Call<Caller, IntakeParams>) => {
        const place = turnstile.enter(town === undefined ? { address: countedAddress(req.ip) } : 'desk')
        try {
          const chunks = town === undefined ? copies.read() : linesFor(await viewOfDesk(desks, auth, town))
          const stream = held(chunks, place, clock, res)
          const name = `waki-intake-${town ?? 'public'}.jsonl.gz`
          return { stream, encoding: 'application/gzip', headers: { 'Content-Disposition': `attachment; filename="${name}"` } }
        } catch (error) {
          place[Symbol.dispose]()
          throw error
        }
      },
    }),
  }
}

/** Throws what the desk refuses. */
const viewOfDesk = async (desks: Desks, caller: Caller, code: string): Promise<View> => {
  if (caller.kind === 'anyone') throw new XrpcError(401, 'AuthMissing', 'The desk asks who is calling')
  const actor = { did: caller.did, town: code }
  const entered = await desks.perform(actor, { deed: 'intake.export' }, async ({ books }) => {
    const { leaf } = (await books.state()).cursor.read
    return { ok: true, value: leaf, detail: { leaf } }
  })
  deskValue(entered)
  return { of: 'town', code }
}

/** Gives the place back when it is read, or whoever reads is gone or too slow. */
async function* held(chunks: AsyncIterable<Uint8Array>, place: Disposable, clock: Clock, res: Response): AsyncGenerator<Uint8Array> {
  using _place = place
  try {
    yield* paced(chunks, clock, () => void res.destroy())
  } catch (error) {
    throw error instanceof NothingToExport ? new XrpcError(404, 'NotFound', 'These books follow no log yet') : error
  }
}
