// A text as QR: one path of unit squares, four units of quiet around it, so that any camera reads it. Black on white in every scheme.

import { create } from 'qrcode'
import { html, type Html } from '../markup.ts'

const QUIET = 4

/** `label` says to those who do not see it what it is for. */
export const qrPicture = (text: string, label: string): Html => {
  const { modules } = create(text, { errorCorrectionLevel: 'M' })
  const size = modules.size + 2 * QUIET
  return html`<svg viewBox="0 0 ${size} ${size}" role="img" aria-label="${label}" shape-rendering="crispEdges">
    <path d="${pathOf(modules)}" />
  </svg>`
}

type Modules = { readonly size: number; get(row: number, column: number): number }

/** Neighbours in a row are one rectangle. */
const pathOf = (modules: Modules): string => {
  const rectangles: string[] = []
  for (let row = 0; row < modules.size; row++)
    for (let column = 0; column < modules.size; column++) {
      if (modules.get(row, column) === 0) continue
      const start = column
      while (column + 1 < modules.size && modules.get(row, column + 1) !== 0) column++
      const width = column + 1 - start
      rectangles.push(`M${start + QUIET} ${row + QUIET}h${width}v1h-${width}z`)
    }
  return rectangles.join('')
}
