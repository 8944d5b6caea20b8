// What is posted to a desk: whole lists and files, so larger than other forms; read only once it is known that somebody of the desk sent it.

import express from 'express'
import type { Request, Response } from 'express'
import { CSV_MAX_BYTES } from '../../../desk/csv.ts'
import { parseFields, type Fields } from '../form.ts'
import { textOfFile } from './file-text.ts'

/** A sheet of 200, a register of some ten thousand lines typed or pasted; a file may be as large as the desk takes. */
export const DESK_FORM_MAX_BYTES = 2 * 1024 * 1024
/** Of a sheet of 200 with its fields. */
const MOST_FIELDS = 1_000
/** A file, what was in the field beside it, and what stands between them. */
const FORM_WITH_FILE_MAX_BYTES = 2 * CSV_MAX_BYTES + 64 * 1024
const MULTIPART = 'multipart/form-data'

const parsePlain = express.urlencoded({ extended: false, limit: DESK_FORM_MAX_BYTES, parameterLimit: MOST_FIELDS })
const readBytes = express.raw({ type: MULTIPART, limit: FORM_WITH_FILE_MAX_BYTES })

/** False: larger than is read here. What is no form has no fields. */
export const readDeskForm = async (req: Request, res: Response): Promise<boolean> => {
  if (req.is(MULTIPART) !== MULTIPART) return through(parsePlain, req, res)
  if (!(await through(readBytes, req, res))) return false
  req.body = await formIn(req)
  return true
}

const through = (parse: typeof parsePlain, req: Request, res: Response): Promise<boolean> =>
  new Promise((resolve, reject) => {
    parse(req, res, (error?: unknown) => {
      if (error === undefined) resolve(true)
      else if (error instanceof Error && 'status' in error && error.status === 413) resolve(false)
      else reject(error)
    })
  })

/** Fields by name, of a file its text, and how it was written as `NAME-encoding`; of several under one name the last. */
const formIn = async (req: Request): Promise<Readonly<Record<string, string>>> => {
  const bytes: unknown = req.body
  if (!(bytes instanceof Uint8Array)) return {}
  const headers = { 'Content-Type': req.get('Content-Type') ?? '' }
  const form = await new Response(new Uint8Array(bytes), { headers }).formData().catch(() => null)
  const fields: [string, string][] = []
  for (const [name, value] of form ?? []) {
    if (fields.length >= MOST_FIELDS) break
    if (typeof value === 'string') fields.push([name, value])
    else {
      const { text, encoding } = textOfFile(new Uint8Array(await value.arrayBuffer()))
      fields.push([name, text], [`${name}-encoding`, encoding])
    }
  }
  return Object.fromEntries(fields)
}

export const fieldsOf = (req: Request): Fields => parseFields(req.body, CSV_MAX_BYTES + 1)

/** A list: the file that was chosen, else what was typed or pasted. */
export const listIn = (field: Fields): string => (field('file') === '' ? field('csv') : field('file'))

/** A draft's version as a form carries it; 0 fits none. */
export const versionIn = (field: Fields): number => (/^\d{1,9}$/.test(field('version')) ? Number(field('version')) : 0)
