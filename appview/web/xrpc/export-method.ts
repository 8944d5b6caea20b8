// The method by which programs take files away: the same door as the addresses of the site.

import type { Request } from 'express'
import { method as nsidOf } from '../../../lexicons/authority.ts'
import { XrpcError } from '../../../server/xrpc-error.ts'
import { method } from '../../../server/xrpc.ts'
import type { Call, Methods } from '../../../server/xrpc.ts'
import { notFound } from '../../auth/access.ts'
import type { Caller, Callers } from '../../auth/caller.ts'
import { parseForm } from '../../export/formats.ts'
import { RETRY_AFTER_SECONDS } from '../../export/limits.ts'
import { ExportRefused, exportRefusals } from '../../export/refusals.ts'
import type { PagesDeps } from '../pages/deps.ts'
import { downloadOf, downloadOfTown } from '../pages/download-own.ts'
import type { Download, Downloads } from '../pages/download.ts'
import type { Asked } from '../pages/gather-town.ts'

type ExportParams = {
  readonly kind: string
  readonly format: string
  readonly encoding?: string
  readonly scope?: string
  readonly entity?: string
  readonly fiscalYear?: number
  readonly month?: string
  readonly version?: number
  readonly leaf?: number
}

export const exportMethods = (deps: PagesDeps, downloads: Downloads, callers: Callers): Methods => ({
  [nsidOf.getExport]: method({
    auth: (req: Request): Promise<Caller> => callers.of(req, nsidOf.getExport),
    handle: async ({ params, auth }: Call<Caller, ExportParams>) => {
      const { type, name, body } = await fileFor(deps, downloads, auth, params).catch((error: unknown) => {
        throw error instanceof ExportRefused ? errorOf(error) : error
      })
      const headers = { 'Content-Disposition': `attachment; filename="${name.replaceAll(/[^\w.-]/g, '_')}"` }
      return body instanceof Uint8Array ? { bytes: body, encoding: type, headers } : { stream: body, encoding: type, headers }
    },
  }),
})

const fileFor = async (deps: PagesDeps, downloads: Downloads, caller: Caller, params: ExportParams): Promise<Download> => {
  const { scope, entity, version, leaf } = params
  const form = parseForm(params.kind, params.format, params.encoding)
  const asked = askedOf(params)
  const more = { ...(version === undefined ? {} : { version }), ...(leaf === undefined ? {} : { leaf }) }
  if (scope !== undefined && entity === undefined) return downloadOfTown(deps, downloads, caller, { code: scope, asked, form, ...more })
  const did = entity ?? (caller.kind === 'account' ? caller.did : null)
  if (did === null) throw notFound()
  return downloadOf(deps, downloads, caller, { did, asked, form })
}

const askedOf = ({ fiscalYear, month }: ExportParams): Asked | null => {
  if (fiscalYear !== undefined && month !== undefined)
    throw new XrpcError(400, 'InvalidPeriod', 'Ask for a fiscal year or a month, not both')
  if (fiscalYear !== undefined) return { fiscalYear }
  return month === undefined ? null : { month }
}

const errorOf = ({ code }: ExportRefused): XrpcError => {
  const { status, error, en } = exportRefusals[code]
  return new XrpcError(status, error, en, status === 503 ? { 'Retry-After': String(RETRY_AFTER_SECONDS) } : {})
}
