// What is posted to a desk: whole lists, so larger than other forms; read only once it is known that somebody of the desk sent it.

import express from 'express'
import type { Request, Response } from 'express'
import { parseFields, type Fields } from '../form.ts'

/** A sheet of 200, a register of some ten thousand lines; what is larger goes by the command line. */
export const DESK_FORM_MAX_BYTES = 2 * 1024 * 1024
/** Of a sheet of 200 with its fields. */
const MOST_FIELDS = 1_000

const parse = express.urlencoded({ extended: false, limit: DESK_FORM_MAX_BYTES, parameterLimit: MOST_FIELDS })

/** False: larger than is read here. */
export const readDeskForm = (req: Request, res: Response): Promise<boolean> =>
  new Promise((resolve, reject) => {
    parse(req, res, (error?: unknown) => {
      if (error === undefined) resolve(true)
      else if (error instanceof Error && 'status' in error && error.status === 413) resolve(false)
      else reject(error)
    })
  })

export const fieldsOf = (req: Request): Fields => parseFields(req.body, DESK_FORM_MAX_BYTES)

/** A draft's version as a form carries it; 0 fits none. */
export const versionIn = (field: Fields): number => (/^\d{1,9}$/.test(field('version')) ? Number(field('version')) : 0)
