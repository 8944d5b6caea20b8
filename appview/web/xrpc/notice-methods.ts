// One's notices by XRPC: who is calling, which of them, up to which they are seen.

import type { Request } from 'express'
import { method as nsidOf } from '../../../lexicons/authority.ts'
import { XrpcError } from '../../../server/xrpc-error.ts'
import { method } from '../../../server/xrpc.ts'
import type { Call, Methods, Params } from '../../../server/xrpc.ts'
import type { Callers } from '../../auth/caller.ts'
import type { Notices, ShownNotice } from '../../notify/read-notices.ts'
import { told } from '../../notify/told.ts'
import { sentenceOfNotice } from '../pages/notices/sentences.ts'

const PLACE = /^\d{1,15}$/

export const noticeMethods = (notices: Notices, callers: Callers): Methods => {
  const auth = (nsid: string) => async (req: Request) => {
    const caller = await callers.of(req, nsid)
    if (caller.kind === 'anyone') throw new XrpcError(401, 'AuthMissing', 'Notices are somebody’s own: sign in first')
    return caller.did
  }
  return {
    [nsidOf.listNotifications]: method({
      auth: auth(nsidOf.listNotifications),
      handle: async ({ auth: did, params }: Call<string, { readonly limit: number; readonly cursor?: string }>) => {
        const { limit, cursor = '' } = params
        const found = await notices.list(did, { limit, ...(PLACE.test(cursor) ? { before: Number(cursor) } : {}) })
        const { unread, seenUntil, before } = found
        const more = before === null ? {} : { cursor: String(before) }
        return { json: { notifications: found.notices.map(view), unread, seenUntil: seenUntil === 0 ? '' : String(seenUntil), ...more } }
      },
    }),
    [nsidOf.updateSeen]: method({
      auth: auth(nsidOf.updateSeen),
      handle: async ({ auth: did, input }: Call<string, Params, { readonly id: string }>) => {
        if (!PLACE.test(input.id)) throw new XrpcError(400, 'InvalidRequest', 'id is that of a notification')
        await notices.see(did, Number(input.id))
        return { json: {} }
      },
    }),
  }
}

const view = (notice: ShownNotice) => ({
  ...told(notice),
  isRead: notice.isRead,
  ...sentenceOfNotice(notice.kind, notice.detail),
})
