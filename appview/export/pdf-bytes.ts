// From the description of a document to a PDF, fonts embedded and cut down to the characters in it. Slow: to be called in a thread of its own.

import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FONT, pdfDocument } from './pdf-document.ts'
import { pdfmake } from './pdfmake.ts'
import type { StatementSet } from './statement-set.ts'

const fonts = dirname(fileURLToPath(import.meta.resolve('@expo-google-fonts/noto-sans-jp/package.json')))

/** Nothing is fetched, and no file is read but the two fonts. */
export const pdfBytes = async (set: StatementSet): Promise<Uint8Array> => {
  pdfmake.setFonts({
    [FONT]: {
      normal: join(fonts, '400Regular', 'NotoSansJP_400Regular.ttf'),
      bold: join(fonts, '700Bold', 'NotoSansJP_700Bold.ttf'),
    },
  })
  pdfmake.setUrlAccessPolicy(() => false)
  pdfmake.setLocalAccessPolicy((path) => path.startsWith(fonts))
  return pdfmake.createPdf(pdfDocument(set)).getBuffer()
}
