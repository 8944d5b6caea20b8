// The style sheet and the icon under names that change with their content, so that a browser may keep them for ever.

import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import express from 'express'
import type { Router } from 'express'

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'static')
const read = (name: string): Buffer => readFileSync(join(folder, name))
const HASH_LENGTH = 12
const FOR_EVER = 'public, max-age=31536000, immutable'
const A_DAY = 'public, max-age=86400'

const style = Buffer.concat([read('tokens.css'), read('waki.css')])
const styleGzip = gzipSync(style)
const icon = read('icon.svg')

export const styleUrl = `/static/waki.${hash('sha256', style, 'hex').slice(0, HASH_LENGTH)}.css`

export const staticRouter = (): Router => {
  const router = express.Router()
  router.get(styleUrl, (req, res) => {
    const isGzip = req.acceptsEncodings('gzip') === 'gzip'
    res.set({ 'Content-Type': 'text/css; charset=utf-8', 'Cache-Control': FOR_EVER, Vary: 'Accept-Encoding' })
    if (isGzip) res.set('Content-Encoding', 'gzip')
    res.send(isGzip ? styleGzip : style)
  })
  router.get('/favicon.ico', (_req, res) => void res.set({ 'Content-Type': 'image/svg+xml', 'Cache-Control': A_DAY }).send(icon))
  return router
}
