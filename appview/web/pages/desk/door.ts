// Who comes through the desk's door: somebody signed in who holds a role at that municipality. Everybody else meets the page of what does not exist.

import type { Request, Response } from 'express'
import { notFound } from '../../../auth/access.ts'
import type { Actor } from '../../../desk/operations.ts'
import { reason } from '../../../desk/outcome.ts'
import type { DeskRole } from '../../../store/desk.ts'
import type { PagesDeps } from '../deps.ts'
import type { Shell, Town } from '../layout.ts'
import { owned, type Own } from '../own-routes.ts'
import { sendOwn } from '../reply.ts'
import { townOf } from '../shells.ts'
import { readDeskForm } from './desk-form.ts'
import { deskPage } from './frame.ts'
import { deskPath } from './whose-desk.ts'

/** Somebody at work. `path` leads to a page of this town's desk. */
export type AtDesk = Own & {
  readonly actor: Actor
  readonly held: readonly DeskRole[]
  readonly town: Town
  readonly path: (rest?: string) => string
}

export type DeskDoor = (req: Request, res: Response, at: AtDesk) => Promise<void>

const CODE = /^\d{6}$/

export const atDesk = (deps: PagesDeps, door: DeskDoor) =>
  owned(deps, async (req, res, own) => {
    const code = String(req.params['town'])
    if (!CODE.test(code)) throw notFound()
    const actor = { did: own.session.did, town: code }
    const held = await deps.desks.held(actor)
    if (held.length === 0) throw notFound()
    const town = await townOf(deps, code)
    const shell: Shell = { ...own.shell, town, desk: deskPath(code) }
    const at: AtDesk = { ...own, shell, actor, held, town, path: (rest) => deskPath(code, rest) }
    if (req.method === 'POST' && !(await readDeskForm(req, res))) return sendOwn(res, tooLargePage(at), 413)
    await door(req, res, at)
  })

const tooLargePage = (at: AtDesk): string =>
  deskPage(at, {
    room: 'home',
    title: { ja: 'ファイルが大きすぎます', en: 'The file is too large' },
    lead: null,
    reasons: [reason('csv.too-large')],
    main: null,
  })
