// How pages are sent: public ones with an ETag for caches, one's own never stored anywhere.

import { hash } from 'node:crypto'
import type { Request, Response } from 'express'
import { href, type Lang } from './lang.ts'

const ETAG_LENGTH = 27
/** A snapshot may be a minute old; sample data show now, so they are asked for again each time. */
const SNAPSHOT = 'public, max-age=60'
const NOW = 'public, no-cache'
const HTML = 'text/html; charset=utf-8'
const JSON_TYPE = 'application/json; charset=utf-8'

type Cached = { readonly isFresh: boolean; readonly type: string }

const sendCached = (req: Request, res: Response, body: string, { isFresh, type }: Cached): void => {
  const etag = `"${hash('sha256', body, 'base64url').slice(0, ETAG_LENGTH)}"`
  res.set({ ETag: etag, 'Cache-Control': isFresh ? NOW : SNAPSHOT, 'Content-Type': type })
  if (
    req
      .get('If-None-Match')
      ?.split(/\s*,\s*/)
      .includes(etag)
  )
    return void res.status(304).end()
  res.send(body)
}

/** `isFresh`: caches must ask each time. */
export const sendPublic = (req: Request, res: Response, page: string, isFresh: boolean): void =>
  sendCached(req, res, page, { isFresh, type: HTML })

export const sendPublicJson = (req: Request, res: Response, json: string, isFresh: boolean): void => {
  res.set('Access-Control-Allow-Origin', '*')
  sendCached(req, res, json, { isFresh, type: JSON_TYPE })
}

export const sendOwn = (res: Response, page: string, status = 200): void =>
  void res.status(status).set({ 'Cache-Control': 'no-store', 'Content-Type': HTML }).send(page)

/** After a post: the browser asks for another page, so that going back and reloading send nothing twice. */
export const seeOther = (res: Response, lang: Lang, path: string): void =>
  void res
    .status(303)
    .set({ 'Cache-Control': 'no-store', Location: href(lang, path) })
    .end()
