// Who may keep an answer: what was asked with credentials may be that caller's own, so nobody keeps it; an error tells of them too.
// Holds for every answer of the door, since it is said before the method is asked; a method that knows better says so itself.

import type { NextFunction, Request, Response } from 'express'

export const keepOwnFromCaches = (req: Request, res: Response, next: NextFunction): void => {
  res.setHeader('X-Content-Type-Options', 'nosniff')
  if (req.headers.authorization !== undefined || req.headers.cookie !== undefined) {
    res.setHeader('Cache-Control', 'no-store')
    res.setHeader('Vary', 'Cookie, Authorization')
  }
  next()
}
