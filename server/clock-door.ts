// POST /_clock {"now": ISO} or {"run": true}; GET /_clock. Mounted only under a settable clock; answers callers on this machine only.

import express from 'express'
import type { Express, Request, Response } from 'express'
import { ClockRefusal } from './clock.ts'
import type { SettableClock } from './clock.ts'
import { isLocalCaller } from './local-caller.ts'

const MAX_BODY = '1kb'

/** GET and POST both answer {now: ISO of civil time, real: ISO, running}. Refusals are 400 with {error, message}. */
export const mountClock = (app: Express, clock: SettableClock): void => {
  const tell = (res: Response) =>
    void res.json({ now: new Date(clock.civilMs()).toISOString(), real: new Date(clock.realMs()).toISOString(), running: clock.running })
  app.use('/_clock', (req: Request, res: Response, next) => (isLocalCaller(req) ? next() : void res.status(404).end()))
  app.get('/_clock', (_req, res) => tell(res))
  app.post('/_clock', express.json({ limit: MAX_BODY, strict: true }), (req: Request, res: Response) => {
    const body: unknown = req.body
    if (typeof body !== 'object' || body === null)
      return refuse(res, 400, 'The body must be {"now": ISO} or {"run": true} as application/json')
    try {
      if ('now' in body && typeof body.now === 'string' && !('run' in body)) clock.set(body.now)
      else if ('run' in body && body.run === true && !('now' in body)) clock.run()
      else return refuse(res, 400, 'The body must be {"now": ISO} or {"run": true}')
    } catch (error) {
      if (error instanceof ClockRefusal) return refuse(res, 400, error.message)
      throw error
    }
    tell(res)
  })
  app.use('/_clock', (error: unknown, _req: Request, res: Response, _next: unknown) =>
    refuse(res, 400, error instanceof Error ? error.message : 'Bad request'),
  )
}

const refuse = (res: Response, status: number, message: string) => void res.status(status).json({ error: 'InvalidRequest', message })
