// The little of pdfmake that is used here, with types of our own: those of @types/pdfmake bring a browser's whole world in among ours.
// https://pdfmake.github.io/docs/0.3/

import { createRequire } from 'node:module'

export type Sides = readonly [number, number, number, number]
export type Style = {
  readonly font?: string
  readonly fontSize?: number
  readonly lineHeight?: number
  readonly characterSpacing?: number
  readonly bold?: boolean
  readonly color?: string
  readonly alignment?: 'left' | 'center' | 'right'
  readonly margin?: Sides
  readonly width?: number | '*'
  readonly wordBreak?: 'break-all'
  readonly link?: string
}
export type TextContent = Style & { readonly text: string | readonly TextContent[] }
export type TableLayout = {
  readonly hLineWidth: (index: number) => number
  readonly vLineWidth: (index: number) => number
  readonly hLineColor?: (index: number, node: unknown, column: number) => string
  readonly paddingTop?: (index: number) => number
  readonly paddingBottom?: (index: number) => number
  readonly paddingLeft?: (index: number) => number
  readonly paddingRight?: (index: number) => number
}
export type Table = {
  readonly widths: readonly (number | '*')[]
  readonly heights?: (index: number) => number | 'auto'
  readonly body: readonly (readonly Cell[])[]
}
export type TableContent = Style & { readonly table: Table; readonly layout: TableLayout; readonly unbreakable?: boolean }
export type Cell = Content & { readonly border?: readonly [boolean, boolean, boolean, boolean] }
export type Content =
  | TextContent
  | TableContent
  | (Style & { readonly stack: readonly Content[]; readonly unbreakable?: boolean })
  | (Style & { readonly columns: readonly Content[]; readonly columnGap?: number; readonly unbreakable?: boolean })
  | (Style & { readonly qr: string; readonly fit: number })

export type PdfDocument = {
  readonly info: Readonly<Record<string, string | Date>>
  readonly language: string
  readonly pageSize: 'A4'
  readonly pageMargins: Sides
  readonly defaultStyle: Style
  readonly header: (page: number) => Content
  readonly footer: (page: number, pages: number) => Content
  readonly content: readonly Content[]
}

type Pdfmake = {
  setFonts(fonts: Readonly<Record<string, { readonly normal: string; readonly bold: string }>>): void
  setUrlAccessPolicy(mayFetch: (url: string) => boolean): void
  setLocalAccessPolicy(mayRead: (path: string) => boolean): void
  createPdf(document: PdfDocument): { getBuffer(): Promise<Buffer> }
}

const parsePdfmake = (module: unknown): Pdfmake => module as Pdfmake

export const pdfmake: Pdfmake = parsePdfmake(createRequire(import.meta.url)('pdfmake'))
